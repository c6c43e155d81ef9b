#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace playground {

/// Starts a program (looked up in PATH) with KUBECONFIG set, in the terminal of this one. Errors: `kuberay::failure`
/// with the system's code.
pid_t start_child(std::vector<std::string> const& command, std::string const& kubeconfig);

/// Its exit code when it has ended, 128 and the signal's number when a signal ended it; -1 while it runs.
int exit_code_of(pid_t child);

}  // namespace playground
