#pragma once

#include "cli/names.hpp"

#include <memory>

namespace cli {

/// Tasks that run beside a command. The destructor cancels those that are left; what a task touches must be kept by the
/// task itself, as it may still run for a moment. A failure of a task is its own affair. Thread safety: from its executor
/// only.
class background {
public:
    explicit background(kuberay::asio::any_io_executor executor);
    ~background();
    background(background const&) = delete;
    background& operator=(background const&) = delete;

    void start(task<void> op);
    void cancel();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace cli
