#pragma once

#include "cli/command.hpp"

#include <string>

namespace cli::commands {

/// Which words a command hears: `create workergroup`, or the proposal's `cluster worker-group create`.
enum class grammar { verb_first, noun_first };

/// `-c, --ray-cluster`, required. In the noun-first forms also `--cluster`, where that names no cluster of the kubeconfig
/// (reference, section 12).
struct owner_cluster {
    owner_cluster() = default;
    std::string name;

    void declare(flags& on, grammar form, std::string help);

    /// Errors: `usage_error` when it is missing.
    void complete(grammar form, global_flags& globals);

    /// Says that `--cluster` was taken for `--ray-cluster`, if it was.
    void tell(context const& on) const;

private:
    bool taken_from_cluster_ = false;
};

}  // namespace cli::commands
