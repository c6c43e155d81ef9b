#pragma once

#include <kuberay/ray/cluster.hpp>

#include <string_view>

namespace kuberay::ray {

/// Condition types of RayCluster.
namespace cluster_condition {
inline constexpr std::string_view provisioned = "RayClusterProvisioned", head_pod_ready = "HeadPodReady",
                                  replica_failure = "ReplicaFailure", suspended = "RayClusterSuspended",
                                  suspending = "RayClusterSuspending";
}

/// Values of `cluster_status::state`.
namespace cluster_state {
inline constexpr std::string_view ready = "ready", failed = "failed", suspended = "suspended";
}

/// Labels that the operator puts on pods.
namespace pod_label {
inline constexpr std::string_view is_ray_node = "ray.io/is-ray-node", cluster = "ray.io/cluster",
                                  node_type = "ray.io/node-type", group = "ray.io/group";
}

/// The condition of that type; null when there is none.
kube::condition const* find_condition(std::vector<kube::condition> const& all, std::string_view type) noexcept;

/// The one condition that says most about the cluster: of those with status True the first in the order provisioned,
/// head pod ready, replica failure, suspended, suspending, whatever their order in the status. Null when none is True.
/// Source: KubeRay's kubectl plugin, `RelevantRayClusterCondition`.
kube::condition const* relevant_condition(cluster_status const& status) noexcept;

/// True when the cluster was provisioned: condition RayClusterProvisioned is True, or state is `ready`.
bool is_provisioned(cluster_status const& status) noexcept;

}  // namespace kuberay::ray
