#pragma once

#include <kuberay/kube/client.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// The parts of `registry:5000/path/name:tag@sha256:...`.
struct image_reference {
    image_reference() = default;
    std::string repository, tag, digest;  ///< digest with its algorithm

    /// What stands for the version: tag and digest as `tag@digest`, the tag, the digest, or `latest`.
    std::string version() const;
    bool operator==(image_reference const&) const = default;
};

/// Absent when `text` cannot be an image. Pure. A colon counts as the tag's only behind the last slash.
std::optional<image_reference> parse_image(std::string_view text);

struct operator_info {
    operator_info() = default;
    std::string ns, deployment, image, version;
    std::int64_t replicas = 0, ready_replicas = 0;
};

struct operator_search {
    operator_search() = default;
    std::vector<operator_info> found;  ///< by namespace and name
    bool cluster_wide = true;          ///< false: listing everywhere was forbidden, only `looked_in` was searched
    std::vector<std::string> looked_in;
};

/// The KubeRay operators by their labels, in every namespace; where that is forbidden, in `ns` and the usual ones.
/// Errors: the server's when no namespace could be read.
task<operator_search> find_operators(kube::client on, std::string ns);

/// Why a plugin of this version and an operator are known not to fit; empty when nothing is known. Pure.
std::string misfit_of(std::string_view operator_version);

}  // namespace kuberay::ray
