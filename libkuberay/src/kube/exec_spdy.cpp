#include "kube/exec_spdy.hpp"

#include "kube/exec_channel.hpp"
#include "kube/exec_shared.hpp"
#include "kube/exec_status.hpp"
#include "net/spdy_connection.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/this_coro.hpp>

#include <deque>
#include <utility>

namespace kuberay::kube {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t max_status = 64 * 1024;

struct spdy_exec_state : exec_shared {
    spdy_exec_state(asio::any_io_executor executor, net::spdy_connection over, exec_terms terms)
        : exec_shared(std::move(executor), std::move(terms))
        , connection(std::move(over))
    {
    }

    bool has_piece_of(output_channel channel) const noexcept
    {
        for (auto const& piece : pieces)
            if (piece.channel == channel) return true;
        return false;
    }

    void note() noexcept
    {
        ++changes;
        changed.notify_all();
    }

    net::spdy_connection connection;
    net::byte_stream status, input, output, errors, resize;
    std::deque<exec_output> pieces;  // at most one of each channel
    std::string why_ended;           // the first stream that did not end with FIN
    std::uint64_t changes = 0;
    int outputs_open = 0;
    bool status_open = false;
    bool closed = false;
};

using shared = std::shared_ptr<spdy_exec_state>;

void close_connection(spdy_exec_state& on) noexcept
{
    on.closed = true;
    on.connection.close();
    on.changed.notify_all();
}

void note_end(spdy_exec_state& on, result<std::string> const& last)
{
    if (last.has_error() && on.why_ended.empty()) on.why_ended = last.error().message();
}

// Takes what one stream brings, one piece ahead of the reader. Both streams of output are taken at the same time:
// a stream that nobody takes from would stop the whole connection.
task<void> take_output(shared on, net::byte_stream* from, output_channel channel)
{
    for (;;) {
        while (on->has_piece_of(channel) && !on->closed)
            co_await on->changed.wait();
        if (on->closed) break;
        task<std::string> reading = net::read_some(from, piece_size);
        result<std::string> got = co_await as_result(std::move(reading));
        note_end(*on, got);
        if (got.has_error() || got->empty()) break;
        on->progress.received(got->size());
        exec_output piece;
        piece.channel = channel;
        piece.bytes = std::move(*got);
        on->pieces.push_back(std::move(piece));
        on->note();
    }
    --on->outputs_open;
    on->note();
}

task<void> take_status(shared on)
{
    std::string text;
    bool complete = false;
    while (text.size() <= max_status) {
        task<std::string> reading = net::read_some(&on->status, piece_size);
        result<std::string> const got = co_await as_result(std::move(reading));
        note_end(*on, got);
        complete = got.has_value() && got->empty();
        if (got.has_error() || got->empty()) break;
        text += *got;
    }
    // A stream that was reset behind a whole Status has told all; half of one has not.
    result<int> const verdict = read_exec_status(text);
    bool const is_status = verdict.has_value() || verdict.error().status() || complete;
    if (!text.empty() && is_status) on->progress.status_arrived(text);
    on->status_open = false;
    on->note();
}

task<void> wait_for_change(shared on)
{
    std::uint64_t const before = on->changes;
    auto const deadline = steady_clock::now() + exec_patience;
    for (auto left = deadline - steady_clock::now(); on->changes == before && left.count() > 0;
         left = deadline - steady_clock::now())
        co_await on->changed.wait_for(left);
    // The Status was written after all output, on the same connection: what is not here by now does not come.
    if (on->changes == before) on->outputs_open = 0;
}

task<std::optional<exec_output>> read_output(shared on)
{
    while (on->pieces.empty() && !on->closed && (on->outputs_open > 0 || on->status_open)) {
        if (on->progress.has_status())
            co_await wait_for_change(on);
        else
            co_await on->changed.wait();
    }
    if (!on->pieces.empty()) {
        std::optional<exec_output> piece(std::move(on->pieces.front()));
        on->pieces.pop_front();
        on->changed.notify_all();
        co_return piece;
    }
    if (on->closed && !on->progress.is_over())
        throw failure(error_code(asio::error::operation_aborted), on->progress.terms().place.str());
    error const lost = on->connection.why_ended();  // the streams only know that it was aborted
    if (lost) on->why_ended = lost.message();
    on->progress.ended(on->why_ended.empty() ? "its streams ended" : on->why_ended);
    close_connection(*on);
    on->progress.throw_end();
    co_return std::nullopt;
}

task<void> write_input(shared on, std::string bytes)
{
    on->progress.check_write();
    if (on->progress.has_status()) co_return;
    task<void> writing = net::write_all(&on->input, std::move(bytes));
    co_await settle_write(on, std::move(writing));
}

task<void> close_input(shared on)
{
    on->progress.check_finish();
    on->progress.check_write();
    on->progress.input_finished();
    if (on->progress.has_status()) co_return;
    task<void> finishing = on->input.finish_writing();
    co_await settle_write(on, std::move(finishing));
}

task<void> tell_size(shared on, std::string text)
{
    on->progress.check_resize();
    if (on->progress.has_status()) co_return;
    task<void> writing = net::write_all(&on->resize, std::move(text));
    co_await settle_write(on, std::move(writing));
}

class spdy_exec final : public exec_session::implementation {
public:
    explicit spdy_exec(shared state)
        : state_(std::move(state))
    {
    }

    ~spdy_exec() override { close_connection(*state_); }

    task<std::optional<exec_output>> read() override { return read_output(state_); }

    task<void> write(std::string bytes) override { return write_input(state_, std::move(bytes)); }

    task<void> finish_input() override { return close_input(state_); }

    task<void> resize(std::uint16_t columns, std::uint16_t rows) override
    {
        return tell_size(state_, resize_text(columns, rows));
    }

    std::optional<int> exit_code() const noexcept override { return state_->progress.exit_code(); }

    exec_protocol protocol() const noexcept override { return exec_protocol::spdy; }

    void abort() noexcept override { close_connection(*state_); }

private:
    shared state_;
};

task<net::byte_stream> open_stream(net::spdy_connection on, std::string kind)
{
    net::spdy_headers headers;
    headers.emplace_back("streamtype", std::move(kind));
    return on.open(std::move(headers), false);
}

void start(shared const& on, asio::any_io_executor executor, task<void> work)
{
    // The task keeps the state, and ends with the connection.
    async_run(std::move(executor), std::move(work), [on](result<void>) {});
}

}  // namespace

task<std::unique_ptr<exec_session::implementation>> open_spdy_exec(net::byte_stream over, exec_terms terms)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    net::spdy_options wanted;
    wanted.ping_interval = terms.options.ping_interval;
    wanted.silence_limit = terms.options.silence_limit;
    net::spdy_connection connection(std::move(over), net::spdy_role::client, wanted);
    auto const on = std::make_shared<spdy_exec_state>(executor, connection, std::move(terms));
    auto session = std::make_unique<spdy_exec>(on);
    // The order in which the server expects them.
    on->status = co_await open_stream(connection, "error");
    if (on->options().input) on->input = co_await open_stream(connection, "stdin");
    if (on->options().output) on->output = co_await open_stream(connection, "stdout");
    if (on->options().errors) on->errors = co_await open_stream(connection, "stderr");
    if (on->options().terminal) on->resize = co_await open_stream(connection, "resize");
    on->status_open = true;
    start(on, executor, take_status(on));
    if (on->options().output) {
        ++on->outputs_open;
        start(on, executor, take_output(on, &on->output, output_channel::out));
    }
    if (on->options().errors) {
        ++on->outputs_open;
        start(on, executor, take_output(on, &on->errors, output_channel::err));
    }
    co_return std::unique_ptr<exec_session::implementation>(std::move(session));
}

}  // namespace kuberay::kube
