#include "commands/exec_session.hpp"

#include "cli/byte_streams.hpp"
#include "cli/terminal.hpp"

#include <kuberay/base/task_group.hpp>

#include <optional>
#include <utility>

namespace cli::commands {
namespace {

/// A running program and what waits to be sent to it. Kept by every task on it.
struct running {
    running(context from, kube::exec_session started)
        : on(std::move(from))
        , session(std::move(started))
        , changed(on.executor())
    {
    }

    context on;
    kube::exec_session session;
    kuberay::condition changed;
    std::optional<terminal_size> size;
    std::optional<std::string> bytes;  ///< input that was read; empty: its end
    bool ends_input = false;
};

using shared_running = std::shared_ptr<running>;

task<void> read_input(shared_running with)
{
    byte_input const input(with->on);
    for (;;) {
        task<std::string> reading = input.read_some();
        result<std::string> piece = co_await kuberay::as_result(std::move(reading));
        if (piece.has_error()) {
            if (kuberay::is_cancellation(piece.error())) co_return;
            with->on.warn(piece.error().message() + "; the program gets no more input");
        }
        with->bytes = piece.has_value() ? std::move(*piece) : std::string();
        bool const at_end = with->bytes->empty();
        with->changed.notify_all();
        if (at_end) co_return;
        while (with->bytes)
            co_await with->changed.wait();
    }
}

task<void> follow_size(shared_running with)
{
    int const fd = with->on.in_fd();
    size_watch watch(with->on.executor(), fd);
    std::optional<terminal_size> now = size_of_terminal(fd);
    for (;;) {
        with->size = now;
        with->changed.notify_all();
        now = co_await watch.next();
        raw_terminal::resume();
    }
}

// The one task that writes. That the program has ended is told by reading.
task<void> send_all(shared_running with)
{
    for (;;) {
        while (!with->size && !with->bytes)
            co_await with->changed.wait();
        if (with->size) {
            terminal_size const size = *std::exchange(with->size, std::nullopt);
            co_await with->session.resize(size.columns, size.rows);
            continue;
        }
        std::string bytes = std::move(*with->bytes);
        if (bytes.empty()) {
            if (with->ends_input) co_await with->session.finish_input();
            with->bytes.reset();
            continue;
        }
        co_await with->session.write(std::move(bytes));
        with->bytes.reset();
        with->changed.notify_all();
    }
}

task<exit_code> relay(shared_running with)
{
    byte_output const out(with->on, output_to::out), err(with->on, output_to::err);
    for (;;) {
        std::optional<kube::exec_output> piece = co_await with->session.read();
        if (!piece) break;
        byte_output const& into = piece->channel == kube::output_channel::out ? out : err;
        co_await into.write(std::move(piece->bytes));
    }
    co_return static_cast<exit_code>(with->session.exit_code());
}

kube::exec_options options_of(exec_request const& what)
{
    kube::exec_options options;
    options.command = what.command;
    options.container = what.container;
    options.input = what.input;
    options.terminal = what.terminal;
    options.errors = !what.terminal;
    options.ends_input = what.input && !what.terminal;  // a terminal's end of input is a key like any other
    return options;
}

/// Ends the connection on every way out, so that tasks still waiting on it end.
class ended_on_leaving {
public:
    explicit ended_on_leaving(shared_running which)
        : which_(std::move(which))
    {
    }

    ~ended_on_leaving() { which_->session.abort(); }
    ended_on_leaving(ended_on_leaving const&) = delete;
    ended_on_leaving& operator=(ended_on_leaving const&) = delete;

private:
    shared_running which_;
};

}  // namespace

task<exit_code> run_exec(context on, exec_request what)
{
    kube::exec_options const options = options_of(what);
    kube::exec_session started = co_await kube::exec(on.client(), on.ns(), what.pod, options);
    auto const with = std::make_shared<running>(on, std::move(started));
    with->ends_input = options.ends_input;
    ended_on_leaving const guard(with);
    std::optional<raw_terminal> raw;
    if (what.terminal) raw.emplace(on.in_fd());
    kuberay::task_group beside(on.executor());
    if (what.input || what.terminal) beside.start(send_all(with));
    if (what.terminal) beside.start(follow_size(with));
    if (what.input) beside.start(read_input(with));
    co_return co_await relay(with);
}

}  // namespace cli::commands
