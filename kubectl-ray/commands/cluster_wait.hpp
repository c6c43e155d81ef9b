#pragma once

#include "cli/context.hpp"
#include "cli/flags.hpp"

#include <kuberay/ray/wait.hpp>

#include <chrono>
#include <string>

namespace cli::commands {

/// `--wait`, `--timeout`, `--fail-after`.
struct cluster_wait {
    cluster_wait() = default;
    bool wanted = false;
    std::chrono::nanoseconds timeout = std::chrono::minutes(5), fail_after = std::chrono::seconds(60);

    void declare(flags& on, std::string help);

    /// Errors: `usage_error`.
    void validate() const;
};

/// Shows progress on stderr until the cluster is provisioned, then says so on stdout.
///
/// Errors: those of `ray::wait_cluster_ready`, with a hint that says what exists and how to remove it.
task<void> wait_for_cluster(context on, std::string ns, std::string name, std::string uid, cluster_wait how);

/// One line for a person: pods, conditions, troubles. Pure.
std::string progress_text(std::string const& name, ray::progress const& at);

}  // namespace cli::commands
