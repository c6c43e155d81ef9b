#pragma once

#include "cli/context.hpp"

#include <kuberay/kube/exec.hpp>

#include <string>
#include <vector>

namespace cli::commands {

/// A program to be run in a container with the streams of this process.
struct exec_request {
    exec_request() = default;
    std::string pod, container;
    std::vector<std::string> command;
    bool input = false, terminal = false;
};

/// Runs it to its end and returns its exit code. Output is passed on byte for byte, as it comes; with a terminal, every
/// key goes to the program and the terminal is given back on every way out.
///
/// Errors: those of `kube::exec` and of the standard streams.
task<exit_code> run_exec(context on, exec_request what);

}  // namespace cli::commands
