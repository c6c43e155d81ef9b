#include "kube/task_group.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <list>

namespace kuberay::kube {

struct task_group::state {
    explicit state(asio::any_io_executor on)
        : executor(std::move(on))
    {
    }

    asio::any_io_executor executor;
    std::list<asio::cancellation_signal> running;
    std::function<void()> on_empty;
    bool cancelled = false;
};

task_group::task_group(asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor)))
{
}

void task_group::start(task<void> op, std::function<void(result<void>)> ended)
{
    if (state_->cancelled) return;
    auto const shared = state_;
    shared->running.emplace_back();
    auto const at = std::prev(shared->running.end());
    auto done = [shared, at, ended = std::move(ended)](result<void> outcome) {
        shared->running.erase(at);
        if (ended) ended(std::move(outcome));
        if (shared->running.empty() && shared->on_empty) shared->on_empty();
    };
    async_run(shared->executor, std::move(op), asio::bind_cancellation_slot(at->slot(), std::move(done)));
}

void task_group::cancel()
{
    state_->cancelled = true;
    for (auto at = state_->running.begin(); at != state_->running.end();) {
        auto const one = at++;
        one->emit(asio::cancellation_type::terminal);
    }
}

std::size_t task_group::running() const noexcept { return state_->running.size(); }

void task_group::on_empty(std::function<void()> callback) { state_->on_empty = std::move(callback); }

}  // namespace kuberay::kube
