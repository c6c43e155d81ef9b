#pragma once

#include "objects.hpp"

#include <kuberay/testing/ray_operator.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace kuberay::testing {

/// What the stand-in was told to do.
struct operator_settings {
    operator_settings() = default;
    bool hold_pods = false;
    std::map<std::string, pod_trouble> troubles;  ///< by cluster; "" for all
    int most_workers = -1;
    unsigned next_ip = 2;
    std::function<std::optional<ray_head>(std::string const& head_pod)> head_of;
    std::optional<pod_streams> pods;               ///< where submitters write
    std::map<std::string, std::size_t> forwarded;  ///< bytes of a job's output in its submitter's log, by pod
    std::map<object_name, std::string> missed;     ///< selected clusters that were not there, by RayJob

    pod_trouble trouble_of(std::string const& cluster) const;
};

/// One step towards what the RayCluster asks for: its service, pods and status.
void reconcile_cluster(api_server server, operator_settings& settings, object_name const& name);

/// What the scheduler and the kubelet do with a pod; true when it changed.
bool advance_pod(api_server server, operator_settings& settings, json::object pod);

}  // namespace kuberay::testing
