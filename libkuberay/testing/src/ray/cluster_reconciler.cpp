#include "cluster_reconciler.hpp"

#include "cluster_status.hpp"
#include "pod_template.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::string_view component = "raycluster-controller";

std::string group_of(json::object const& pod)
{
    json::value const root = pod;
    json::value const* labels = find_path(root, "metadata.labels");
    json::value const* group = labels ? labels->as_object().if_contains("ray.io/group") : nullptr;
    return group && group->is_string() ? std::string(group->get_string()) : std::string();
}

void remove_pod(api_server server, json::object const& cluster, json::object const& pod)
{
    object_name const name(pod);
    server.remove("pods", name.ns, name.name);
    write_event(
        server, cluster, "Normal", "DeletedWorkerPod", "Deleted worker Pod " + name.ns + "/" + name.name, component
    );
}

void add_pod(api_server server, json::object const& cluster, json::object const& group_spec, std::string const& group)
{
    json::object const pod = server.put(make_ray_pod(cluster, group_spec, group));
    object_name const name(pod);
    bool const is_head = group.empty();
    write_event(
        server, cluster, "Normal", is_head ? "CreatedHeadPod" : "CreatedWorkerPod",
        std::string("Created ") + (is_head ? "head" : "worker") + " Pod " + name.ns + "/" + name.name, component
    );
}

std::set<std::string> workers_to_delete(json::object const& group_spec)
{
    std::set<std::string> names;
    json::value const root = group_spec;
    json::value const* list = find_path(root, "scaleStrategy.workersToDelete");
    if (list && list->is_array())
        for (json::value const& name : list->get_array())
            if (name.is_string()) names.emplace(name.get_string());
    return names;
}

/// Brings the number of a group's pods to what is wanted; the text of a refusal when pods are limited.
std::string scale_group(
    api_server server, operator_settings const& settings, json::object const& cluster, json::object const& group_spec,
    std::int64_t workers_elsewhere
)
{
    std::string const group = text_at(group_spec, "groupName");
    std::set<std::string> const unwanted = workers_to_delete(group_spec);
    std::vector<json::object> pods;
    for (json::object& pod : pods_of(server, object_name(cluster))) {
        if (group_of(pod) != group) continue;
        if (unwanted.contains(text_at(pod, "metadata.name")))
            remove_pod(server, cluster, pod);
        else
            pods.push_back(std::move(pod));
    }
    auto const wanted = static_cast<std::size_t>(wanted_pods(group_spec));
    for (std::size_t have = pods.size(); have > wanted; --have)
        remove_pod(server, cluster, pods[have - 1]);
    for (std::size_t have = pods.size(); have < wanted; ++have) {
        if (settings.most_workers >= 0
            && workers_elsewhere + static_cast<std::int64_t>(have) >= settings.most_workers) {
            std::string const message =
                "pods \"" + text_at(cluster, "metadata.name") + "-" + group
                + "-worker-\" is forbidden: exceeded quota: simulated, requested: pods=1, used: pods="
                + std::to_string(settings.most_workers) + ", limited: pods=" + std::to_string(settings.most_workers);
            return message;
        }
        add_pod(server, cluster, group_spec, group);
    }
    return std::string();
}

void suspend_pods(api_server server, json::object const& cluster, std::vector<json::object> const& pods)
{
    if (pods.empty()) return;
    for (json::object const& pod : pods)
        server.remove("pods", text_at(pod, "metadata.namespace"), text_at(pod, "metadata.name"));
    object_name const name(cluster);
    write_event(
        server, cluster, "Normal", "DeletedPod",
        "Deleted Pods for RayCluster " + name.ns + "/" + name.name + " due to suspension", component
    );
}

/// Head and groups; the text of a refusal when pods are limited.
std::string scale_cluster(api_server server, operator_settings const& settings, json::object const& cluster)
{
    object_name const name(cluster);
    std::vector<json::object> const pods = pods_of(server, name);
    bool const has_head =
        std::ranges::any_of(pods, [](json::object const& pod) { return group_of(pod) == "headgroup"; });
    json::value const root = cluster;
    json::value const* head = find_path(root, "spec.headGroupSpec");
    if (!has_head && head) add_pod(server, cluster, head->as_object(), std::string());
    std::string refusal;
    for (json::object const& group : groups_of(cluster)) {
        std::string const group_name = text_at(group, "groupName");
        std::int64_t others = 0;
        for (json::object const& pod : pods_of(server, name))
            if (group_of(pod) != group_name && group_of(pod) != "headgroup") ++others;
        std::string const refused = scale_group(server, settings, cluster, group, others);
        if (refusal.empty()) refusal = refused;
    }
    return refusal;
}

}  // namespace

pod_trouble operator_settings::trouble_of(std::string const& cluster) const
{
    auto found = troubles.find(cluster);
    if (found == troubles.end()) found = troubles.find(std::string());
    return found == troubles.end() ? pod_trouble::none : found->second;
}

void reconcile_cluster(api_server server, operator_settings& settings, object_name const& name)
{
    std::optional<json::object> const cluster = server.find("rayclusters.ray.io", name.ns, name.name);
    if (!cluster || !text_at(*cluster, "metadata.deletionTimestamp").empty()) return;
    std::string const manager = text_at(*cluster, "spec.managedBy");
    if (!manager.empty() && manager != "ray.io/kuberay-operator") return;
    if (!server.find("services", name.ns, head_service_name(*cluster))) {
        server.put(make_head_service(*cluster));
        write_event(
            server, *cluster, "Normal", "CreatedService",
            "Created service " + name.ns + "/" + head_service_name(*cluster), component
        );
    }
    std::string refused;
    if (flag_at(*cluster, "spec.suspend"))
        suspend_pods(server, *cluster, pods_of(server, name));
    else
        refused = scale_cluster(server, settings, *cluster);
    json::object status = cluster_status(server, *cluster, pods_of(server, name), refused);
    write_status(server, *cluster, std::move(status));
}

}  // namespace kuberay::testing
