#include <kuberay/base/async_run.hpp>
#include <kuberay/base/task_group.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <iterator>
#include <list>
#include <utility>

namespace kuberay {

struct task_group::state {
    explicit state(asio::any_io_executor on)
        : executor(on)
        , changed(std::move(on))
    {
    }

    asio::any_io_executor executor;
    condition changed;
    std::list<asio::cancellation_signal> running;
    std::function<void()> on_empty;
};

task_group::task_group(asio::any_io_executor executor)
    : state_(std::make_shared<state>(std::move(executor)))
{
}

task_group::~task_group() { cancel(); }

void task_group::start(task<void> op, std::function<void(result<void> outcome)> ended)
{
    auto const shared = state_;
    shared->running.emplace_back();
    auto const at = std::prev(shared->running.end());
    auto done = [shared, at, ended = std::move(ended)](result<void> outcome) {
        shared->running.erase(at);
        if (ended) ended(std::move(outcome));
        shared->changed.notify_all();
        if (shared->running.empty() && shared->on_empty) shared->on_empty();
    };
    async_run(shared->executor, std::move(op), asio::bind_cancellation_slot(at->slot(), std::move(done)));
}

void task_group::cancel()
{
    // A task that ends by it removes itself, later: completion is never inside `emit`.
    for (auto at = state_->running.begin(); at != state_->running.end();) {
        auto const one = at++;
        one->emit(asio::cancellation_type::terminal);
    }
}

task<void> task_group::ended() const { return wait_for_end(state_); }

task<void> task_group::wait_for_end(std::shared_ptr<state> of)
{
    while (!of->running.empty())
        co_await of->changed.wait();
}

std::size_t task_group::running() const noexcept { return state_->running.size(); }

void task_group::on_empty(std::function<void()> callback) { state_->on_empty = std::move(callback); }

}  // namespace kuberay
