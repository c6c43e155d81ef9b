#pragma once

#include "cli/names.hpp"

#include <memory>

namespace cli {

/// The one thread that runs a command's task. SIGINT and SIGTERM, when handled, cancel the task; a second one ends the
/// process at once.
class run_loop {
public:
    explicit run_loop(bool handles_signals);
    ~run_loop();
    run_loop(run_loop const&) = delete;
    run_loop& operator=(run_loop const&) = delete;

    kuberay::asio::any_io_executor executor() const;

    /// Runs `op` until it has ended.
    result<exit_code> run(task<exit_code> op);

    /// Lets what was given up with its owner end: runs what is ready, waits for nothing.
    void settle();

    /// True when a signal came.
    bool interrupted() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace cli
