#pragma once

#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/edit.hpp>

#include <chrono>

namespace kuberay::ray {

/// The patch that appends a group; a `test` holds the number of groups. Pure.
/// Errors: throws `failure`, `errc::bad_input`, when a group of that name exists.
edit_plan plan_add_group(json::object const& cluster, json::object group);

/// The patch that removes a group. Pure. Errors: throws `failure`, `errc::bad_input`: unknown group.
edit_plan plan_remove_group(json::object const& cluster, std::string const& group);

/// Adds a worker group to a RayCluster. `config` gives the image (empty: that of the cluster's other groups or head) and
/// what all pods get. Errors: as `edit_object` and `plan_add_group`.
task<edit_outcome> create_worker_group(
    kube::client on, std::string ns, std::string cluster, cluster_config config, worker_group_config group,
    edit_options options = edit_options()
);

/// Removes a worker group: scales it to 0, waits until its pods are gone (the operator leaves the pods of groups that
/// it does not know running), then takes it out. With in-tree autoscaling, where the operator removes only pods that are named
/// to it, it names them (scaleStrategy.workersToDelete).
/// Errors: as `edit_object`; `errc::timed_out` (the group stays, at 0 replicas).
task<edit_outcome> delete_worker_group(
    kube::client on, std::string ns, std::string cluster, std::string group,
    std::chrono::steady_clock::duration timeout, edit_options options = edit_options()
);

}  // namespace kuberay::ray
