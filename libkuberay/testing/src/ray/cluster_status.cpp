#include "cluster_status.hpp"

#include "pod_template.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace kuberay::testing {

namespace {

struct pod_counts {
    json::object const* head = nullptr;
    std::int64_t running_workers = 0;
    std::int64_t ready_workers = 0;
    bool all_ready = true;
};

std::string node_type(json::object const& pod)
{
    json::value const root = pod;
    json::value const* labels = find_path(root, "metadata.labels");
    json::value const* type = labels ? labels->as_object().if_contains("ray.io/node-type") : nullptr;
    return type && type->is_string() ? std::string(type->get_string()) : std::string();
}

pod_counts count(std::vector<json::object> const& pods)
{
    pod_counts counts;
    for (json::object const& pod : pods) {
        bool const ready = is_pod_ready(pod);
        counts.all_ready = counts.all_ready && ready;
        if (node_type(pod) == "head") {
            counts.head = &pod;
        } else {
            counts.running_workers += text_at(pod, "status.phase") == "Running" ? 1 : 0;
            counts.ready_workers += ready ? 1 : 0;
        }
    }
    return counts;
}

void set_count(json::object& status, char const* name, std::int64_t value)
{
    // Zeros are left out, as the operator's types do.
    if (value == 0)
        status.erase(name);
    else
        status[name] = std::min<std::int64_t>(value, std::numeric_limits<std::int32_t>::max());
}

void set_replicas(json::object& status, json::object const& cluster, pod_counts const& counts)
{
    std::int64_t desired = 0;
    std::int64_t least = 0;
    std::int64_t most = 0;
    for (json::object const& group : groups_of(cluster)) {
        std::int64_t const hosts = number_at(group, "numOfHosts", 1);
        desired += wanted_pods(group);
        if (flag_at(group, "suspend")) continue;
        least += number_at(group, "minReplicas", 0) * hosts;
        most += number_at(group, "maxReplicas", std::numeric_limits<std::int32_t>::max()) * hosts;
    }
    set_count(status, "desiredWorkerReplicas", desired);
    set_count(status, "minWorkerReplicas", least);
    set_count(status, "maxWorkerReplicas", most);
    set_count(status, "availableWorkerReplicas", counts.running_workers);
    set_count(status, "readyWorkerReplicas", counts.ready_workers);
}

void set_resources(json::object& status, json::object const& cluster)
{
    static constexpr std::array<std::pair<char const*, char const*>, 4> resources = {{
        {"desiredCPU", "cpu"},
        {"desiredMemory", "memory"},
        {"desiredGPU", "nvidia.com/gpu"},
        {"desiredTPU", "google.com/tpu"},
    }};
    json::value const root = cluster;
    json::value const* head = find_path(root, "spec.headGroupSpec");
    for (auto const& [field, resource] : resources) {
        std::string sum = "0";
        if (head) sum = resource_of_template(head->as_object(), resource, 1, sum);
        for (json::object const& group : groups_of(cluster))
            sum = resource_of_template(group, resource, wanted_pods(group), sum);
        status[field] = sum;
    }
}

void set_head(json::object& status, json::object const& cluster, json::object const* head)
{
    json::object made;
    if (head) {
        if (std::string const ip = text_at(*head, "status.podIP"); !ip.empty()) {
            made["podIP"] = ip;
            made["serviceIP"] = ip;
        }
        made["podName"] = text_at(*head, "metadata.name");
    }
    made["serviceName"] = head_service_name(cluster);
    status["head"] = std::move(made);
    json::object& endpoints = part_of(status, "endpoints");
    endpoints["client"] = "10001";
    endpoints["dashboard"] = "8265";
    endpoints["gcs-server"] = "6379";
    endpoints["metrics"] = "8080";
    endpoints["serve"] = "8000";
}

void set_head_condition(json::object& status, json::object const* head, std::string const& now)
{
    if (!head) {
        set_condition(status, "HeadPodReady", false, "HeadPodNotFound", "Head Pod not found", now);
        return;
    }
    if (is_pod_ready(*head)) {
        set_condition(status, "HeadPodReady", true, "HeadPodRunningAndReady", "", now);
        return;
    }
    std::string reason = "Unknown";
    std::string message;
    json::value const root = *head;
    json::value const* conditions = find_path(root, "status.conditions");
    if (conditions && conditions->is_array())
        for (json::value const& one : conditions->get_array())
            if (string_at(one, "type") == "Ready" && !string_at(one, "reason").empty()) {
                reason = string_at(one, "reason");
                message = string_at(one, "message");
            }
    set_condition(status, "HeadPodReady", false, reason, message, now);
}

}  // namespace

std::vector<json::object> groups_of(json::object const& cluster)
{
    std::vector<json::object> groups;
    json::value const root = cluster;
    json::value const* list = find_path(root, "spec.workerGroupSpecs");
    if (list && list->is_array())
        for (json::value const& group : list->get_array())
            groups.push_back(group.as_object());
    return groups;
}

std::int64_t wanted_pods(json::object const& group_spec)
{
    if (flag_at(group_spec, "suspend")) return 0;
    std::int64_t const least = number_at(group_spec, "minReplicas", 0);
    std::int64_t const most = number_at(group_spec, "maxReplicas", std::numeric_limits<std::int32_t>::max());
    std::int64_t const replicas = number_at(group_spec, "replicas", least);
    return std::max(least, std::min(replicas, most)) * number_at(group_spec, "numOfHosts", 1);
}

bool is_pod_ready(json::object const& pod)
{
    json::value const* status = pod.if_contains("status");
    return status && status->is_object() && has_condition(status->get_object(), "Ready");
}

json::object cluster_status(
    api_server const& server, json::object const& cluster, std::vector<json::object> const& pods,
    std::string const& refused
)
{
    std::string const now = format_rfc3339(server.now());
    json::value const* before = cluster.if_contains("status");
    json::object status = before && before->is_object() ? before->get_object() : json::object();
    pod_counts const counts = count(pods);
    bool const suspend = flag_at(cluster, "spec.suspend");
    set_replicas(status, cluster, counts);
    set_resources(status, cluster);
    set_head(status, cluster, counts.head);
    set_head_condition(status, counts.head, now);

    std::int64_t wanted = 1;
    for (json::object const& group : groups_of(cluster))
        wanted += wanted_pods(group);
    bool const complete = !suspend && counts.all_ready && static_cast<std::int64_t>(pods.size()) == wanted;
    bool const provisioned = !suspend && (complete || has_condition(status, "RayClusterProvisioned"));
    if (provisioned)
        set_condition(
            status, "RayClusterProvisioned", true, "AllPodRunningAndReadyFirstTime",
            "All Ray Pods are ready for the first time", now
        );
    else
        set_condition(
            status, "RayClusterProvisioned", false, "RayClusterPodsProvisioning",
            suspend ? "RayCluster has been suspended" : "RayCluster Pods are being provisioned for first time", now
        );
    set_condition(status, "RayClusterSuspended", suspend && pods.empty(), "RayClusterSuspended", "", now);
    set_condition(status, "RayClusterSuspending", suspend && !pods.empty(), "RayClusterSuspending", "", now);
    if (refused.empty())
        remove_condition(status, "ReplicaFailure");
    else
        set_condition(status, "ReplicaFailure", true, "FailedCreateWorkerPod", refused, now);

    std::string const state = suspend && pods.empty() ? "suspended" : complete ? "ready" : std::string();
    if (!state.empty() && text_at(status, "state") != state) {
        status["state"] = state;
        part_of(status, "stateTransitionTimes")[state] = now;
    }
    status["observedGeneration"] = number_at(cluster, "metadata.generation", 1);
    if (!before || json::value(status) != *before) status["lastUpdateTime"] = now;
    return status;
}

}  // namespace kuberay::testing
