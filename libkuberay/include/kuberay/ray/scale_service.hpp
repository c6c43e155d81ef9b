#pragma once

#include <kuberay/ray/scale.hpp>

namespace kuberay::ray {

struct service_scale_outcome {
    service_scale_outcome() = default;
    std::string cluster;                ///< the active RayCluster
    std::vector<field_change> changes;  ///< of the RayService; empty: nothing to change there
    result<edit_outcome> on_cluster =
        edit_outcome();  ///< the second write; its failure leaves only the RayService changed
};

/// Scales worker groups of a RayService: its own spec, so that the next cluster has them, and its active RayCluster.
/// Source: KubeRay pull request 5326.
///
/// Errors: as `scale_cluster` for the RayService; `errc::unsatisfiable` while a pending cluster exists (an upgrade is
/// under way) or there is no active one; nothing is written then.
task<service_scale_outcome> scale_service(
    kube::client on, std::string ns, std::string name, std::vector<group_scale> wanted,
    edit_options options = edit_options()
);

}  // namespace kuberay::ray
