#include "cli/run_loop.hpp"

#include "cli/terminal.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdlib>
#include <optional>

namespace cli {

namespace asio = kuberay::asio;

struct run_loop::state {
    asio::io_context io{1};
    asio::cancellation_signal cancel;
    std::optional<asio::signal_set> signals;
    bool interrupted = false;

    void await_signal()
    {
        signals->async_wait([this](kuberay::error_code const& code, int) {
            if (code) return;
            if (interrupted) {
                raw_terminal::restore_now();  // no destructor runs
                std::_Exit(static_cast<int>(exit_code::interrupted));
            }
            interrupted = true;
            await_signal();
            cancel.emit(asio::cancellation_type::terminal);
        });
    }
};

run_loop::run_loop(bool handles_signals)
    : state_(std::make_unique<state>())
{
    if (!handles_signals) return;
    state_->signals.emplace(state_->io, SIGINT, SIGTERM);
    state_->await_signal();
}

run_loop::~run_loop() = default;

asio::any_io_executor run_loop::executor() const { return state_->io.get_executor(); }

result<exit_code> run_loop::run(task<exit_code> op)
{
    std::optional<result<exit_code>> ended;
    auto const finished = [&ended](result<exit_code> outcome) { ended.emplace(std::move(outcome)); };
    kuberay::async_run(
        state_->io.get_executor(), std::move(op), asio::bind_cancellation_slot(state_->cancel.slot(), finished)
    );
    while (!ended && state_->io.run_one() > 0) {}
    state_->io.poll();  // a signal that ended a blocking read has not been seen yet
    if (!ended) throw std::logic_error("the command's task was lost");
    return std::move(*ended);
}

void run_loop::settle()
{
    constexpr int most = 1000;  // something may be ready always
    for (int i = 0; i < most && state_->io.poll() > 0; ++i) {}
}

bool run_loop::interrupted() const noexcept { return state_->interrupted; }

}  // namespace cli
