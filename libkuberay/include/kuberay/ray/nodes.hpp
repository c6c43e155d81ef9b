#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/kube/core.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// A Ray node (a pod), as `get node` shows it.
struct node_row {
    node_row() = default;
    std::string ns, name, cluster, type, group, age;
    std::string cpus, gpus, tpus, memory;              ///< requests of the first container, which is Ray's
    std::string phase, ready, restarts, pod_ip, node;  ///< wide: `ready` as kubectl (`1/1`)
    bool operator==(node_row const&) const = default;
};

/// Pure; what is missing is an empty cell, an amount that is missing is `0`.
node_row row_of(kube::pod const& pod, timestamp now);

struct node_query {
    node_query() = default;
    std::string ns;               ///< empty: the client's default
    bool all_namespaces = false;  ///< beats `ns`
    std::string cluster;          ///< empty: of every cluster
    std::string node;             ///< a pod's name; empty: every node
    std::string label_selector;   ///< besides Ray's own
};

/// The Ray pods asked for, in the server's order; one request.
/// Errors: the server's; `reason::not_found` when `node` was named and is not there.
task<std::vector<kube::pod>> list_nodes(kube::client on, node_query query);

}  // namespace kuberay::ray
