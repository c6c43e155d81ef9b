#include "kube/connection_errors.hpp"
#include "kube/port_channels.hpp"
#include "kube/request.hpp"
#include "kube/tunnel_link.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace kuberay::kube {
namespace {

constexpr std::size_t largest_message = 32768;

struct channel_connection;

class channel_link final
    : public tunnel_link
    , public std::enable_shared_from_this<channel_link> {
public:
    channel_link(client on, std::string path, std::string pod)
        : on(std::move(on))
        , path(std::move(path))
        , pod(std::move(pod))
        , closed(this->on.get_executor())
    {
    }

    task<net::byte_stream> connect(std::uint16_t port, pod_tunnel::error_sink on_error) override;
    std::optional<opening_stream> begin(std::uint16_t, pod_tunnel::error_sink) override { return std::nullopt; }
    task<error> ended() override;

    bool is_open() const noexcept override { return open_; }
    bool is_stalled() const noexcept override { return false; }  // each connection has a socket of its own
    tunnel_protocol protocol() const noexcept override { return tunnel_protocol::websocket_v4; }
    std::size_t connections() const noexcept override { return connected.size(); }
    void close() noexcept override;

    error closing() const { return error(errc::connection_lost, "the tunnel to pod \"" + pod + "\" was closed"); }

    client on;
    std::string path, pod;
    kuberay::condition closed;
    std::vector<channel_connection*> connected;

private:
    bool open_ = true;
};

using shared_link = std::shared_ptr<channel_link>;

struct channel_connection {
    channel_connection(shared_link link, net::websocket over, std::uint16_t port, pod_tunnel::error_sink on_error)
        : link(std::move(link))
        , socket(std::move(over))
        , decoder(port)
        , errors(
              this->link->on.get_executor(), "port " + std::to_string(port) + " of pod \"" + this->link->pod + "\"",
              std::move(on_error)
          )
    {
        this->link->connected.push_back(this);
    }

    channel_connection(channel_connection const&) = delete;
    channel_connection& operator=(channel_connection const&) = delete;
    ~channel_connection() { end(); }

    void end() noexcept { std::erase(link->connected, this); }

    void close() noexcept
    {
        closed = true;
        errors.close();
        socket.abort();
        end();
    }

    shared_link link;
    net::websocket socket;
    port_channel_decoder decoder;
    connection_errors errors;
    std::string unread;
    std::size_t read_to = 0;
    error_code read_end;  // what reading has ended with
    bool closed = false;
    bool cut = false;  // with the whole tunnel
};

using shared_connection = std::shared_ptr<channel_connection>;

error_code code_of_loss(channel_connection const& on, error const& why)
{
    if (on.cut) return asio::error::connection_aborted;
    if (on.closed || is_cancellation(why)) return asio::error::operation_aborted;
    return asio::error::connection_reset;
}

failure ended_with(shared_connection const& on, error_code code, std::string why)
{
    on->read_end = code;
    return failure(code, std::move(why));
}

task<void> receive(shared_connection on)
{
    if (on->read_end) throw failure(on->read_end, "the connection has ended");
    task<std::optional<net::websocket_message>> reading = on->socket.read();
    result<std::optional<net::websocket_message>> got = co_await as_result(std::move(reading));
    if (got.has_error()) throw ended_with(on, code_of_loss(*on, got.error()), got.error().message());
    if (!*got) {
        bool const is_proper = on->socket.close_code() == 1000 || on->socket.close_code() == 1005;
        error_code code = asio::error::connection_reset;
        if (is_proper) code = asio::error::eof;
        code = on->errors.verdict(code);
        throw ended_with(on, code, "the WebSocket was closed");
    }
    std::optional<port_message> message = on->decoder.read(std::move((*got)->payload));
    if (!message) co_return;
    if (message->what == port_message::kind::failure) {
        on->errors.add(message->bytes);
        error_code const code = on->errors.verdict(asio::error::connection_reset);
        throw ended_with(on, code, "the kubelet reports a failure");
    }
    on->errors.received += message->bytes.size();
    on->unread = std::move(message->bytes);
    on->read_to = 0;
}

task<std::size_t> read_into(shared_connection on, asio::mutable_buffer into)
{
    while (on->read_to == on->unread.size() && into.size() > 0)
        co_await receive(on);
    asio::const_buffer const unread(on->unread.data() + on->read_to, on->unread.size() - on->read_to);
    std::size_t const size = asio::buffer_copy(into, unread);
    on->read_to += size;
    co_return size;
}

task<std::size_t> write_message(shared_connection on, std::string message)
{
    std::size_t const size = message.size() - 1;
    task<void> writing = on->socket.write(std::move(message));
    result<void> const written = co_await as_result(std::move(writing));
    if (written.has_error()) throw failure(code_of_loss(*on, written.error()), written.error().message());
    co_return size;
}

class channel_stream final : public net::byte_stream::implementation {
public:
    explicit channel_stream(shared_connection connection)
        : connection_(std::move(connection))
    {
    }

    ~channel_stream() override { connection_->close(); }

    net::byte_stream::executor_type get_executor() noexcept override { return connection_->link->on.get_executor(); }

    void read_some(asio::mutable_buffer into, net::byte_stream::handler done) override
    {
        run(read_into(connection_, into), std::move(done));
    }

    void write_some(std::span<asio::const_buffer const> from, net::byte_stream::handler done) override
    {
        std::string_view bytes;
        if (!from.empty()) bytes = std::string_view(static_cast<char const*>(from[0].data()), from[0].size());
        if (bytes.empty()) return run(nothing(), std::move(done));
        run(write_message(connection_, port_channel_message(bytes.substr(0, largest_message))), std::move(done));
    }

    // The protocol has no half-close: the pod sees the end of this side when the connection is closed.
    void finish_writing(net::byte_stream::handler done) override { run(nothing(), std::move(done)); }

    void close() noexcept override { connection_->close(); }

private:
    static task<std::size_t> nothing() { co_return 0; }

    void run(task<std::size_t> op, net::byte_stream::handler done)
    {
        auto const slot = asio::get_associated_cancellation_slot(done);
        auto const completes_on = asio::get_associated_executor(done, get_executor());
        auto finish = [done = std::move(done)](result<std::size_t> outcome) mutable {
            if (outcome.has_error())
                std::move(done)(outcome.error().code(), 0);
            else
                std::move(done)(error_code(), *outcome);
        };
        async_run(
            get_executor(), std::move(op),
            asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(finish)))
        );
    }

    shared_connection connection_;
};

task<net::byte_stream> open_channels(shared_link link, std::uint16_t port, pod_tunnel::error_sink on_error)
{
    if (!link->is_open()) throw failure(link->closing());
    net::http_request request("GET", link->path + "?ports=" + std::to_string(port));
    std::vector<std::string> offered(1, "v4.channel.k8s.io");
    net::websocket socket = co_await link->on.open_websocket(std::move(request), std::move(offered));
    if (!link->is_open()) throw failure(link->closing());
    auto const connection = std::make_shared<channel_connection>(link, std::move(socket), port, std::move(on_error));
    co_return net::byte_stream(std::make_unique<channel_stream>(connection));
}

task<error> wait_for_close(shared_link link)
{
    while (link->is_open())
        co_await link->closed.wait();
    co_return link->closing();
}

task<net::byte_stream> channel_link::connect(std::uint16_t port, pod_tunnel::error_sink on_error)
{
    return open_channels(shared_from_this(), port, std::move(on_error));
}

task<error> channel_link::ended() { return wait_for_close(shared_from_this()); }

void channel_link::close() noexcept
{
    open_ = false;
    for (auto* const one : std::exchange(connected, {})) {
        one->cut = true;
        one->socket.abort();
    }
    closed.notify_all();
}

}  // namespace

std::shared_ptr<tunnel_link> make_channel_link(client on, std::string path, std::string pod)
{
    return std::make_shared<channel_link>(std::move(on), std::move(path), std::move(pod));
}

}  // namespace kuberay::kube
