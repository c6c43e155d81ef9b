#include "ray/pod_amounts.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/nodes.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

std::string label_of(kube::pod const& pod, std::string_view key)
{
    auto const found = pod.metadata.labels.find(std::string(key));
    return found == pod.metadata.labels.end() ? std::string() : found->second;
}

std::string requested(kube::pod const& pod, std::string_view name)
{
    if (pod.containers.empty()) return "0";
    auto const& requests = pod.containers.front().resources.requests;
    auto const found = requests.find(std::string(name));
    return found == requests.end() ? "0" : found->second.str();
}

failure not_there(node_query const& query, std::string const& ns)
{
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "there is no Ray node \"" + query.node + "\"";
    status.message += query.cluster.empty() ? " of any RayCluster" : " of the RayCluster \"" + query.cluster + "\"";
    status.message += query.all_namespaces ? " in any namespace" : " in namespace \"" + ns + "\"";
    return failure(error(std::move(status)));
}

task<std::vector<kube::pod>> list(kube::client on, node_query query)
{
    auto const in =
        query.all_namespaces ? kube::api<kube::pod>::cluster_wide(on) : kube::api<kube::pod>::in_ns(on, query.ns);
    kube::list_params params;
    params.label_selector = std::string(pod_label::is_ray_node) + "=yes";
    if (!query.cluster.empty()) params.label_selector += "," + std::string(pod_label::cluster) + "=" + query.cluster;
    if (!query.label_selector.empty()) params.label_selector += "," + query.label_selector;
    if (!query.node.empty()) params.field_selector = "metadata.name=" + query.node;
    kube::object_list<kube::pod> found = co_await in.list(params);
    if (found.items.empty() && !query.node.empty()) throw not_there(query, in.core().ns());
    co_return std::move(found.items);
}

}  // namespace

node_row row_of(kube::pod const& pod, timestamp now)
{
    node_row row;
    row.ns = pod.metadata.ns;
    row.name = pod.metadata.name;
    row.cluster = label_of(pod, pod_label::cluster);
    row.type = label_of(pod, pod_label::node_type);
    row.group = label_of(pod, pod_label::group);
    row.age = age_since(pod.metadata.creation_timestamp, now);
    row.cpus = requested(pod, "cpu");
    row.gpus = requested(pod, gpu_resource);
    row.tpus = requested(pod, tpu_resource);
    row.memory = requested(pod, "memory");
    row.phase = pod.metadata.deletion_timestamp ? "Terminating" : pod.phase;
    auto const ready = std::ranges::count_if(pod.container_statuses, &kube::container_status::ready);
    row.ready = std::to_string(ready) + "/" + std::to_string(pod.containers.size());
    std::int64_t restarts = 0;
    for (kube::container_status const& status : pod.container_statuses)
        restarts += status.restart_count;
    row.restarts = std::to_string(restarts);
    row.pod_ip = pod.pod_ip;
    row.node = pod.node_name;
    return row;
}

task<std::vector<kube::pod>> list_nodes(kube::client on, node_query query)
{
    return list(std::move(on), std::move(query));
}

}  // namespace kuberay::ray
