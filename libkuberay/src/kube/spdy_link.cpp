#include "kube/connection_errors.hpp"
#include "kube/tunnel_link.hpp"
#include "net/spdy_connection.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/error.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::chrono::seconds linger(10);

class spdy_link final
    : public tunnel_link
    , public std::enable_shared_from_this<spdy_link> {
public:
    spdy_link(net::spdy_connection over, std::string pod, tunnel_protocol protocol)
        : over(std::move(over))
        , pod(std::move(pod))
        , protocol_(protocol)
    {
    }

    task<net::byte_stream> connect(std::uint16_t port, pod_tunnel::error_sink on_error) override;
    std::optional<opening_stream> begin(std::uint16_t port, pod_tunnel::error_sink on_error) override;
    task<error> ended() override;

    bool is_open() const noexcept override { return over.is_open(); }
    bool is_stalled() const noexcept override { return over.is_stalled(); }
    tunnel_protocol protocol() const noexcept override { return protocol_; }
    std::size_t connections() const noexcept override { return open_connections; }
    void close() noexcept override { over.close(); }

    net::spdy_connection over;
    std::string pod;
    std::uint64_t next_id = 0;
    std::size_t open_connections = 0;

private:
    tunnel_protocol protocol_;
};

using shared_link = std::shared_ptr<spdy_link>;

/// Both streams of one connection; what outlives an operation on it.
struct spdy_pair {
    spdy_pair(shared_link link, net::byte_stream bytes, net::byte_stream words, connection_errors about)
        : link(std::move(link))
        , data(bytes.release())
        , words(std::move(words))
        , errors(std::make_shared<connection_errors>(std::move(about)))
    {
        ++this->link->open_connections;
    }

    spdy_pair(spdy_pair const&) = delete;
    spdy_pair& operator=(spdy_pair const&) = delete;
    ~spdy_pair() { close(); }

    void note_end()
    {
        if (counted && read_ended && write_ended) uncount();
    }

    void close() noexcept
    {
        data->close();
        words.close();
        errors->close();
        if (counted) uncount();
    }

    void uncount()
    {
        counted = false;
        --link->open_connections;
    }

    shared_link link;
    std::unique_ptr<net::byte_stream::implementation> data;
    net::byte_stream words;
    std::shared_ptr<connection_errors> errors;
    std::array<char, 1024> word;  // of `words`, being read
    bool counted = true, read_ended = false, write_ended = false;
    bool cut = false;  // the data was closed here, because of the words
};

using shared_pair = std::shared_ptr<spdy_pair>;

/// Ends the data of a peer that failed and does not do it.
task<void> cut_after_failure(shared_pair on)
{
    auto const errors = on->errors;
    auto const until = std::chrono::steady_clock::now() + linger;
    while (!errors->closed && !on->read_ended && std::chrono::steady_clock::now() < until)
        co_await errors->changed.wait_for(linger);
    if (errors->closed || on->read_ended) co_return;
    on->cut = true;
    on->data->close();
}

/// Reads the error stream to its end. Without a task: every connection has one, and next to none has something to say.
void read_words(shared_pair const& on)
{
    asio::mutable_buffer const into = asio::buffer(on->word);
    on->words.async_read_some(into, [on](error_code code, std::size_t size) {
        if (!code) {
            on->errors->add(std::string_view(on->word.data(), size));
            return read_words(on);
        }
        on->errors->end();
        if (on->errors->failed() && !on->errors->closed)
            async_run(on->data->get_executor(), cut_after_failure(on), [](result<void>) {});
    });
}

void end_reading(shared_pair const& on, error_code code, net::byte_stream::handler done)
{
    on->read_ended = true;
    on->errors->changed.notify_all();
    on->note_end();
    std::move(done)(on->errors->verdict(code), 0);
}

/// The end of the bytes may be a failure whose words are still under way.
void judge_end(shared_pair const& on, error_code code, net::byte_stream::handler done)
{
    auto const& errors = *on->errors;
    bool const is_end = code == asio::error::eof;
    bool const is_failure = code == asio::error::connection_reset || on->cut;
    if (!is_end && !is_failure) {
        if (code != asio::error::operation_aborted && on->counted) on->uncount();
        return std::move(done)(code, 0);
    }
    if (errors.ended || (is_end && errors.received > 0 && !errors.failed()))
        return end_reading(on, on->cut ? error_code(asio::error::connection_reset) : code, std::move(done));
    auto const executor = on->data->get_executor();
    auto const slot = asio::get_associated_cancellation_slot(done);
    auto const completes_on = asio::get_associated_executor(done, executor);
    auto settled = [on, code, done = std::move(done)](result<void> outcome) mutable {
        if (outcome.has_error()) return std::move(done)(outcome.error().code(), 0);
        end_reading(on, code, std::move(done));
    };
    async_run(
        executor, settle(on->errors),
        asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(settled)))
    );
}

/// The data stream, whose end is judged by the error stream.
class forwarded_stream final : public net::byte_stream::implementation {
public:
    explicit forwarded_stream(shared_pair pair)
        : pair_(std::move(pair))
    {
    }

    ~forwarded_stream() override { pair_->close(); }

    net::byte_stream::executor_type get_executor() noexcept override { return pair_->data->get_executor(); }

    void read_some(asio::mutable_buffer into, net::byte_stream::handler done) override
    {
        auto const slot = asio::get_associated_cancellation_slot(done);
        auto const completes_on = asio::get_associated_executor(done, get_executor());
        auto read = [pair = pair_, done = std::move(done)](error_code code, std::size_t size) mutable {
            pair->errors->received += size;
            if (!code) return std::move(done)(code, size);
            judge_end(pair, code, std::move(done));
        };
        pair_->data->read_some(
            into, asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(read)))
        );
    }

    void write_some(std::span<asio::const_buffer const> from, net::byte_stream::handler done) override
    {
        pair_->data->write_some(from, std::move(done));
    }

    void finish_writing(net::byte_stream::handler done) override
    {
        pair_->write_ended = true;
        pair_->note_end();
        pair_->data->finish_writing(std::move(done));
    }

    void close() noexcept override { pair_->close(); }

private:
    shared_pair pair_;
};

error lost(spdy_link const& link, error const& why)
{
    std::string const tunnel = "the tunnel to pod \"" + link.pod + "\"";
    if (!why) return error(errc::connection_lost, tunnel + " was closed");
    return why.with_context(tunnel + " is lost");
}

net::spdy_headers stream_headers(char const* kind, std::uint16_t port, std::uint64_t id)
{
    return {{"streamtype", kind}, {"port", std::to_string(port)}, {"requestid", std::to_string(id)}};
}

error not_opened(spdy_link const& link, std::uint16_t port, error const& why)
{
    if (is_cancellation(why)) return why;
    if (why.code() == errc::connection_lost) return lost(link, why);
    return why.with_context("opening port " + std::to_string(port) + " of pod \"" + link.pod + "\"");
}

task<void> wait_for_both(shared_link link, std::uint16_t port, task<void> words, task<void> data)
{
    result<void> answered = co_await as_result(std::move(words));
    if (answered.has_value()) answered = co_await as_result(std::move(data));
    if (answered.has_error()) throw failure(not_opened(*link, port, answered.error()));
}

// The kubelet pairs the two streams by the id, whichever comes first: waiting for the first answer would only take time.
opening_stream begin_pair(shared_link link, std::uint16_t port, pod_tunnel::error_sink on_error)
{
    std::uint64_t const id = link->next_id++;
    net::spdy_opening words, data;
    try {
        words = link->over.begin(stream_headers("error", port, id), true);
        data = link->over.begin(stream_headers("data", port, id));
    } catch (failure const& closed) {
        throw failure(not_opened(*link, port, closed.error()));
    }
    asio::any_io_executor const executor = data.stream.get_executor();
    connection_errors about(
        executor, "port " + std::to_string(port) + " of pod \"" + link->pod + "\"", std::move(on_error)
    );
    auto const pair =
        std::make_shared<spdy_pair>(link, std::move(data.stream), std::move(words.stream), std::move(about));
    read_words(pair);
    opening_stream begun;
    begun.stream = net::byte_stream(std::make_unique<forwarded_stream>(pair));
    begun.answered = wait_for_both(std::move(link), port, std::move(words.answered), std::move(data.answered));
    return begun;
}

task<net::byte_stream> open_pair(shared_link link, std::uint16_t port, pod_tunnel::error_sink on_error)
{
    opening_stream begun = begin_pair(std::move(link), port, std::move(on_error));
    co_await std::move(begun.answered);
    co_return std::move(begun.stream);
}

task<error> wait_for_end(shared_link link)
{
    error const why = co_await link->over.ended();
    co_return lost(*link, why);
}

task<net::byte_stream> spdy_link::connect(std::uint16_t port, pod_tunnel::error_sink on_error)
{
    return open_pair(shared_from_this(), port, std::move(on_error));
}

std::optional<opening_stream> spdy_link::begin(std::uint16_t port, pod_tunnel::error_sink on_error)
{
    return begin_pair(shared_from_this(), port, std::move(on_error));
}

task<error> spdy_link::ended() { return wait_for_end(shared_from_this()); }

}  // namespace

std::shared_ptr<tunnel_link> make_spdy_link(net::spdy_connection over, std::string pod, tunnel_protocol protocol)
{
    return std::make_shared<spdy_link>(std::move(over), std::move(pod), protocol);
}

}  // namespace kuberay::kube
