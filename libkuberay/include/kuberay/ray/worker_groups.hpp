#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/cluster.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// One worker group as `get workergroup` shows it.
struct worker_group_row {
    worker_group_row() = default;
    std::string ns, cluster, name;
    std::int32_t min = 0, max = 0, replicas = 0, hosts = 1;
    std::int32_t ready = 0;  ///< replicas whose every host is ready
    std::int32_t ready_pods = 0;
    bool suspended = false;
    quantity cpus, gpus, tpus, memory;  ///< of all pods asked for; zero for a suspended group
    bool operator==(worker_group_row const&) const = default;
};

struct worker_group_query {
    worker_group_query() = default;
    std::string ns;               ///< empty: the client's default
    bool all_namespaces = false;  ///< beats `ns`
    std::string cluster;          ///< empty: of every cluster
    std::string group;            ///< empty: every group
    std::string label_selector;   ///< of the clusters
};

/// The groups of the clusters asked for, in the server's order. Two requests at the same time: the clusters, and all of
/// their worker pods by label.
///
/// Errors: the server's; `reason::not_found` when `group` or `cluster` was named and is not there;
/// `errc::bad_document` for a group without a name. Cancellation: terminal.
task<std::vector<worker_group_row>> list_worker_groups(kube::client on, worker_group_query query);

/// The rows of one cluster, given the pods of its namespace (others are ignored). Pure.
/// Errors: throws `failure`, `errc::bad_document`, for a group without a name.
std::vector<worker_group_row> rows_of(cluster const& of, std::vector<kube::pod> const& pods);

}  // namespace kuberay::ray
