#pragma once

#include <kuberay/kube/core.hpp>
#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/edit.hpp>
#include <kuberay/ray/validation.hpp>

#include <optional>

namespace kuberay::ray {

/// New amounts of one container; empty: left as it is; zero: taken out.
struct amount_update {
    amount_update() = default;
    std::string cpu, memory, gpu;
};

/// What `update cluster` changes; what is empty or absent stays.
struct cluster_update {
    cluster_update() = default;
    std::string image;        ///< of the head and every group
    std::string ray_version;  ///< without `image`: images named rayproject/ray:<old version> follow
    amount_update head, workers;
    std::string group;                     ///< the only group to change; empty: every group
    std::optional<std::int32_t> replicas;  ///< of `group`, or of the only group
    string_map labels, annotations;        ///< set on the RayCluster
    string_map env;                        ///< set in the head's and every changed group's container
    bool recreate = false;                 ///< upgradeStrategy Recreate: running pods are replaced
};

/// Bad quantities, by flag. Pure.
std::vector<problem> validate(cluster_update const& update);

/// The patch and, for a person, every field that it changes. Guarded by the generation: nobody else's change of the spec
/// is overwritten. Pure. Errors: throws `failure`, `errc::bad_input`: unknown group, `replicas` for several groups,
/// replicas outside the group's bounds.
edit_plan plan_update(json::object const& cluster, cluster_update const& update);

/// Errors: as `edit_object` and `plan_update`.
task<edit_outcome> update_cluster(
    kube::client on, std::string ns, std::string name, cluster_update update, edit_options options = edit_options()
);

/// The pods that run another image or ask for other amounts than the cluster's templates say: they keep the old template
/// until they are replaced. Pure.
std::vector<std::string> stale_pods(json::object const& cluster, std::vector<kube::pod> const& pods);

/// True when the operator replaces running pods by itself after a change (upgradeStrategy Recreate). Pure.
bool recreates_pods(json::object const& cluster);

}  // namespace kuberay::ray
