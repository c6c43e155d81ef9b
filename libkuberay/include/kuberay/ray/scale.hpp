#pragma once

#include <kuberay/ray/edit.hpp>
#include <kuberay/ray/validation.hpp>

#include <chrono>
#include <optional>

namespace kuberay::ray {

/// New bounds of one worker group; absent: left as it is.
struct group_scale {
    group_scale() = default;
    std::string group;
    std::optional<std::int32_t> replicas, min_replicas, max_replicas;
};

/// What can be said of a request without the cluster, in the order of the reference (2.7): no group, nothing to change,
/// negative values, min above max, replicas outside. Pure.
std::vector<problem> validate(std::vector<group_scale> const& wanted);

/// The patch that brings `cluster` there; a `test` guards the place and the name of every group. Changes are named
/// `GROUP: min replicas`. Pure. Errors: throws `failure`, `errc::bad_input`: an unknown group (naming those that
/// exist), a final state that contradicts itself (min above max, replicas outside).
edit_plan plan_scale(json::object const& cluster, std::vector<group_scale> const& wanted);

/// Scales worker groups of a RayCluster in one write. Errors: as `edit_object` and `plan_scale`.
task<edit_outcome> scale_cluster(
    kube::client on, std::string ns, std::string name, std::vector<group_scale> wanted,
    edit_options options = edit_options()
);

/// Whether the edit took replicas from a cluster with in-tree autoscaling: the operator removes no pods then, the
/// autoscaler removes those that idle. Pure.
bool leaves_surplus_to_autoscaler(edit_outcome const& outcome);

/// Waits until each of `groups` has replicas x hosts ready pods, and no others (excess pods are gone). With in-tree
/// autoscaling surplus pods are not waited for: the operator removes none then, only the autoscaler does, when they idle.
/// `on_progress` gets the counts. Errors: `errc::timed_out`; `errc::unsatisfiable` when cluster or group vanished.
task<void> wait_groups_ready(
    kube::client on, std::string ns, std::string name, std::vector<std::string> groups,
    std::chrono::steady_clock::duration timeout,
    std::function<void(std::string const& group, int ready, int wanted)> on_progress = {}
);

}  // namespace kuberay::ray
