#include <kuberay/ray/describe.hpp>

#include <boost/json/array.hpp>

namespace kuberay::ray {
namespace {

json::object group_of(worker_group_row const& row)
{
    json::object group;
    group["name"] = row.name;
    group["minReplicas"] = row.min;
    group["maxReplicas"] = row.max;
    group["replicas"] = row.replicas;
    group["numOfHosts"] = row.hosts;
    group["readyReplicas"] = row.ready;
    group["readyPods"] = row.ready_pods;
    group["suspended"] = row.suspended;
    json::object& amounts = group["resources"].emplace_object();
    amounts["cpu"] = row.cpus.str();
    amounts["gpu"] = row.gpus.str();
    amounts["tpu"] = row.tpus.str();
    amounts["memory"] = row.memory.str();
    return group;
}

json::object pod_of(pod_description const& from)
{
    json::object pod;
    pod["name"] = from.name;
    pod["type"] = from.type;
    pod["group"] = from.group;
    pod["phase"] = from.phase;
    pod["ready"] = from.ready;
    pod["restarts"] = from.restarts;
    pod["node"] = from.node;
    pod["podIP"] = from.pod_ip;
    json::array& troubles = pod["troubles"].emplace_array();
    for (pod_trouble const& each : from.troubles) {
        json::object& trouble = troubles.emplace_back(json::object()).get_object();
        trouble["container"] = each.container;
        trouble["reason"] = each.reason;
        trouble["message"] = each.message;
    }
    return pod;
}

void add_rest(json::object& to, std::vector<kube::event> const& events, std::vector<std::string> const& notes)
{
    json::array& all = to["events"].emplace_array();
    for (kube::event const& event : events)
        all.emplace_back(event.to_json());
    json::array& texts = to["notes"].emplace_array();
    for (std::string const& note : notes)
        texts.emplace_back(note);
}

void add_cluster(json::object& to, std::string_view key, std::optional<cluster_description> const& of)
{
    if (of) to[key] = to_json(*of);
}

}  // namespace

json::object to_json(cluster_description const& of)
{
    json::object all;
    all["cluster"] = of.cluster.to_json();
    json::array& groups = all["groups"].emplace_array();
    for (worker_group_row const& row : of.groups)
        groups.emplace_back(group_of(row));
    json::array& pods = all["pods"].emplace_array();
    for (pod_description const& pod : of.pods)
        pods.emplace_back(pod_of(pod));
    if (of.head_service) all["headService"] = of.head_service->to_json();
    add_rest(all, of.events, of.notes);
    return all;
}

json::object to_json(job_description const& of)
{
    json::object all;
    all["job"] = of.job.to_json();
    add_cluster(all, "cluster", of.cluster);
    add_rest(all, of.events, of.notes);
    return all;
}

json::object to_json(service_description const& of)
{
    json::object all;
    all["service"] = of.service.to_json();
    add_cluster(all, "activeCluster", of.active);
    add_cluster(all, "pendingCluster", of.pending);
    add_rest(all, of.events, of.notes);
    return all;
}

}  // namespace kuberay::ray
