#pragma once

#include <kuberay/base/task.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace kuberay {

/// Tasks that run beside the one that started them; those that are left are cancelled with the group. What a task touches
/// must be kept by the task itself, as it may still run for a moment. Thread safety: from its executor only.
class task_group {
public:
    explicit task_group(asio::any_io_executor executor);
    task_group(task_group const&) = delete;
    task_group& operator=(task_group const&) = delete;
    ~task_group();

    /// `ended` is told what became of `op`; without it a failure is the task's own affair.
    void start(task<void> op, std::function<void(result<void> outcome)> ended = nullptr);

    /// Cancels what runs now. None of it ends inside this call.
    void cancel();

    /// Suspends until none runs. Lifetime: may outlive the group.
    task<void> ended() const;

    std::size_t running() const noexcept;

    /// Called whenever the last task has ended.
    void on_empty(std::function<void()> callback);

private:
    struct state;
    static task<void> wait_for_end(std::shared_ptr<state> of);
    std::shared_ptr<state> state_;
};

}  // namespace kuberay
