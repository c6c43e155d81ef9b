#pragma once

#include "ray/pod_program.hpp"

#include <kuberay/ray/copy.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace kuberay::ray {

using copy_progress = std::function<void(std::uint64_t bytes)>;

/// Where in which pod a copy begins or ends.
struct pod_place {
    pod_place() = default;
    std::string pod, container, path;
};

/// `copy_to_pod` and `copy_from_pod`, with programs from anywhere.
task<copy_result>
upload(start_program start, std::vector<std::filesystem::path> from, pod_place to, copy_progress on_progress);
task<copy_result> download(start_program start, pod_place from, std::filesystem::path to, copy_progress on_progress);

/// The shell script that unpacks an upload. Arguments: the target, and the name in the archive of the only source, or
/// nothing when there are several. Needs sh, tar, tee, mkfifo and sha256sum, of coreutils or busybox.
extern char const* const unpack_script;

/// Byte count and digest that the script reports.
struct upload_report {
    upload_report() = default;
    std::uint64_t bytes = 0;
    std::string digest;
};

std::optional<upload_report> find_report(std::string_view output);

}  // namespace kuberay::ray
