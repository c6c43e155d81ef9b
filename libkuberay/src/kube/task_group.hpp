#pragma once

#include <kuberay/base/task.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace kuberay::kube {

/// Background tasks that belong together. A handle; the tasks keep it. What a task touches must be kept by the task
/// itself, as it may still run for a moment after `cancel`. Thread safety: from its executor only.
class task_group {
public:
    explicit task_group(asio::any_io_executor executor);

    /// `ended` is called with what became of `op`. After `cancel` nothing is started.
    void start(task<void> op, std::function<void(result<void> outcome)> ended = nullptr);
    /// Cancels every task, now and for good. None completes inside this call.
    void cancel();
    std::size_t running() const noexcept;
    /// Called whenever the last task has ended.
    void on_empty(std::function<void()> callback);

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::kube
