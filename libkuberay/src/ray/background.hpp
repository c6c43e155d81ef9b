#pragma once

#include <kuberay/base/task.hpp>

#include <memory>

namespace kuberay::ray {

/// Tasks that run beside the one that started them. Call `cancel` before leaving; what a task touches must be kept by
/// the task itself, as it may still run for a moment. Thread safety: from its executor only.
class background {
public:
    explicit background(asio::any_io_executor executor);

    void start(task<void> op);
    void cancel();

    /// Suspends until all have ended.
    task<void> ended() const;

private:
    struct state;
    static task<void> wait_for(std::shared_ptr<state> shared);
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::ray
