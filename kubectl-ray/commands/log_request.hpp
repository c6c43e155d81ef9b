#pragma once

#include "cli/context.hpp"

#include <kuberay/ray/log_archive.hpp>
#include <kuberay/ray/target.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace cli::commands {

/// What `log` is asked for.
struct log_request {
    log_request() = default;
    ray::target what;
    ray::node_kinds nodes = ray::node_kinds::all;
    std::string node_type = "all", node, container;

    // To files.
    std::string out_dir, archive;
    bool all_containers = false, previous = false;
    std::int32_t parallel = 8;

    // To the screen.
    bool follow = false, timestamps = false, no_prefix = false;
    std::optional<std::chrono::nanoseconds> since;
    std::optional<std::int64_t> tail;
    std::string grep, file;

    std::string link;
};

/// Fetches them to a folder or an archive, which is named on stdout. Outcome: `failed` when a pod failed.
task<exit_code> download_logs(context on, log_request how);

/// Shows lines as they are written, until the cluster is gone or a signal comes.
task<exit_code> follow_logs(context on, log_request how);

/// Prints the URL of a logging service where they are kept.
task<exit_code> link_logs(context on, log_request how);

/// The URL of Google Cloud's log viewer for the nodes of a Ray cluster. `context`: of the kubeconfig; one that names a
/// GKE cluster says the project. Pure.
std::string
gke_log_url(std::string const& ns, std::string const& cluster, ray::node_kinds nodes, std::string const& context);

}  // namespace cli::commands
