#pragma once

#include <kuberay/base/task.hpp>

#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube {

/// What to start.
struct child_command {
    child_command() = default;
    std::string program;                                   ///< looked up in PATH when it has no '/'
    std::vector<std::string> args;                         ///< without the program itself
    std::vector<std::pair<std::string, std::string>> env;  ///< over the environment of this process
    bool inherits_stdin = false;                           ///< else it reads from /dev/null
    std::size_t max_output = std::size_t(1) << 20;
};

/// How it ended.
struct child_result {
    child_result() = default;
    std::string output;  ///< its stdout
    int exit_code = 0;   ///< meaningful when `signal` is 0
    int signal = 0;      ///< the signal that ended it
};

/// Runs a program without a shell and collects its stdout; stderr goes where ours goes.
///
/// Errors: the system's code when it cannot be started (`ENOENT`, `EACCES`); `errc::too_large` for more output than
/// allowed. Cancellation: terminal. However this ends, the child has ended (SIGKILL when need be) and is reaped.
task<child_result> run_child(child_command command);

}  // namespace kuberay::kube
