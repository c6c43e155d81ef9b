#pragma once

#include <kuberay/base/task_group.hpp>

#include <optional>
#include <utility>

namespace kuberay::ray {

/// An operation that goes on when whoever waits for it is cancelled: how it ended can still be learnt. It is cancelled
/// with this object, and must itself keep what it touches. Thread safety: from its executor only.
template <class T>
class own_task {
public:
    own_task(asio::any_io_executor executor, condition changed, task<T> op)
        : shared_(std::make_shared<state>(std::move(changed)))
        , running_(std::move(executor))
    {
        running_.start(keep(shared_, std::move(op)));
    }

    void cancel() { running_.cancel(); }

    bool is_done() const noexcept { return shared_->outcome.has_value(); }

    /// Once `is_done`.
    result<T>& outcome() noexcept { return *shared_->outcome; }

    /// Suspends until `is_done`.
    task<void> done() const { return wait(shared_); }

private:
    struct state {
        explicit state(condition notified)
            : changed(std::move(notified))
        {
        }

        condition changed;
        std::optional<result<T>> outcome;
    };

    static task<void> keep(std::shared_ptr<state> into, task<T> op)
    {
        result<T> ended = co_await as_result(std::move(op));
        into->outcome.emplace(std::move(ended));
        into->changed.notify_all();
    }

    static task<void> wait(std::shared_ptr<state> from)
    {
        while (!from->outcome)
            co_await from->changed.wait();
    }

    std::shared_ptr<state> shared_;
    task_group running_;
};

}  // namespace kuberay::ray
