#pragma once

#include <kuberay/kube/client.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace kuberay::ray {

struct copy_result {
    copy_result() = default;
    std::uint64_t files = 0, bytes = 0;
    std::vector<std::string> skipped;  ///< what could not be copied safely, with the reason
};

/// Copies files and folders into a container by `tar` there: `from` are local paths, `to` is a folder, or the new name
/// of a single file. Permissions (not owners) and links that stay inside are kept.
///
/// The end is proven: after unpacking, the container reports byte count and digest of what it received.
/// Errors: `errc::connection_lost` without that report; `errc::unexpected` with what tar said; the system's code for
/// local files; those of `kube::exec`. Cancellation: terminal.
task<copy_result> copy_to_pod(
    kube::client on, std::string ns, std::string pod, std::string container, std::vector<std::filesystem::path> from,
    std::string to, std::function<void(std::uint64_t bytes)> on_progress = {}
);

/// Copies a file or a folder out of a container into `to` (an existing folder, or the new name). Files are complete or
/// absent. Errors: as above; `reason::not_found` when the path does not exist there.
task<copy_result> copy_from_pod(
    kube::client on, std::string ns, std::string pod, std::string container, std::string from, std::filesystem::path to,
    std::function<void(std::uint64_t bytes)> on_progress = {}
);

}  // namespace kuberay::ray
