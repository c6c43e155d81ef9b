#include "cli/background.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <list>

namespace cli {

namespace asio = kuberay::asio;

struct background::state {
    asio::any_io_executor executor;
    std::list<asio::cancellation_signal> running;
};

background::background(asio::any_io_executor executor)
    : state_(std::make_shared<state>())
{
    state_->executor = std::move(executor);
}

background::~background() { cancel(); }

void background::start(task<void> op)
{
    auto const shared = state_;
    shared->running.emplace_back();
    auto const at = std::prev(shared->running.end());
    auto ended = [shared, at](result<void>) { shared->running.erase(at); };
    kuberay::async_run(shared->executor, std::move(op), asio::bind_cancellation_slot(at->slot(), std::move(ended)));
}

void background::cancel()
{
    // A task that ends by it removes itself, later: completion is never inside `emit`.
    for (auto at = state_->running.begin(); at != state_->running.end();) {
        auto const one = at++;
        one->emit(asio::cancellation_type::terminal);
    }
}

}  // namespace cli
