#pragma once

#include "objects.hpp"

namespace kuberay::testing {

/// The worker groups as they are in the spec.
std::vector<json::object> groups_of(json::object const& cluster);

/// The pods that a group is to have: replicas, within its bounds, times hosts; 0 when it is suspended.
std::int64_t wanted_pods(json::object const& group_spec);

bool is_pod_ready(json::object const& pod);

/// The status of a RayCluster with these pods. `refused`: why pods could not be made.
json::object cluster_status(
    api_server const& server, json::object const& cluster, std::vector<json::object> const& pods,
    std::string const& refused
);

}  // namespace kuberay::testing
