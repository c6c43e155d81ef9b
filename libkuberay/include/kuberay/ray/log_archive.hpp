#pragma once

#include <kuberay/kube/client.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace kuberay::ray {

enum class node_kinds { all, head, worker };

struct log_archive_options {
    log_archive_options() = default;
    node_kinds nodes = node_kinds::all;
    std::string node;               ///< one pod by name; empty: all of `nodes`
    std::filesystem::path folder;   ///< exists; each pod gets a folder of its name in it
    std::filesystem::path archive;  ///< instead of `folder`: one .tar.gz, written beside it and renamed when complete
    bool all_containers = false;    ///< init and side-car containers too
    bool previous = false;          ///< logs of containers before their last restart too
    bool ray_files = true;          ///< /tmp/ray/session_latest/logs
    std::size_t parallel = 8;       ///< pods at a time
    std::uint64_t max_pod_bytes = std::uint64_t(16) << 30;  ///< of one pod, unpacked; more fails that pod
    std::uint64_t max_pod_files = 200'000;
};

/// How far one pod is. Called often; `done` once, at its end.
struct log_progress {
    log_progress() = default;
    std::string pod;
    std::uint64_t files = 0, bytes = 0;
    bool done = false;
    error failed;
};

struct pod_logs {
    pod_logs() = default;
    std::string pod;
    std::uint64_t files = 0, bytes = 0;
    std::vector<std::string> changed;  ///< files that grew while they were read: complete up to then
    std::vector<std::string> skipped;  ///< entries that were not written (links, devices, names that leave the folder)
    std::vector<std::filesystem::path> partial;  ///< files left incomplete by a failure, under their temporary names
    error failed;                                ///< no error: everything of this pod is there, and its end was proven
};

struct log_summary {
    log_summary() = default;
    std::vector<pod_logs> pods;  ///< by name
    std::uint64_t files = 0, bytes = 0;
    std::size_t failures = 0;
};

/// Fetches the logs of every node of a Ray cluster: `POD/stdout.log` (the Ray container), with `all_containers` also
/// `POD/CONTAINER.log`, with `previous` `POD/stdout.previous.log`, and Ray's own files by `tar` in the pod, sub-folders
/// kept. Everything is streamed to disk in bounded memory. A file is complete or absent: it is written under another
/// name and renamed at its proven end.
///
/// A pod that fails is recorded and the others go on; a broken transfer is tried once more. Nothing leaves a pod's
/// folder, whatever the archive says.
/// Errors: `reason::not_found` when the cluster has no pods; those of the pod list; the system's code when the target
/// cannot be written (disk full ends everything). Cancellation: terminal; temporary files are removed.
task<log_summary> collect_logs(
    kube::client on, std::string ns, std::string cluster, log_archive_options options,
    std::function<void(log_progress const&)> on_progress = {}
);

}  // namespace kuberay::ray
