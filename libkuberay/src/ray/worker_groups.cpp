#include "ray/pod_amounts.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/worker_groups.hpp>

#include <algorithm>
#include <limits>
#include <map>

namespace kuberay::ray {
namespace {

std::string_view label_of(kube::pod const& pod, std::string_view key)
{
    auto const found = pod.metadata.labels.find(std::string(key));
    return found == pod.metadata.labels.end() ? std::string_view() : std::string_view(found->second);
}

// The label that the operator puts on each host of a replica (from 1.5, for groups with several hosts).
constexpr std::string_view replica_label = "ray.io/worker-group-replica-name";

// Replicas whose every host is ready: told apart by their label where there is one, else as many as the ready pods fill.
std::int32_t complete_replicas(std::vector<kube::pod const*> const& pods, std::int32_t hosts)
{
    std::map<std::string_view, std::int32_t> by_replica;
    std::int32_t unlabelled = 0;
    for (kube::pod const* pod : pods) {
        if (!pod->is_ready()) continue;
        std::string_view const replica = hosts > 1 ? label_of(*pod, replica_label) : std::string_view();
        if (replica.empty())
            ++unlabelled;
        else
            ++by_replica[replica];
    }
    std::int32_t complete = unlabelled / hosts;
    for (auto const& [name, ready] : by_replica)
        if (ready >= hosts) ++complete;
    return complete;
}

worker_group_row row_of(cluster const& of, worker_group const& group, std::vector<kube::pod const*> const& pods)
{
    worker_group_row row;
    row.ns = of.metadata.ns;
    row.cluster = of.metadata.name;
    row.name = group.group_name;
    row.min = group.min_replicas.value_or(0);
    row.max = group.max_replicas.value_or(std::numeric_limits<std::int32_t>::max());
    row.replicas = group.wanted_replicas();
    row.hosts = group.hosts();
    row.suspended = group.suspend.value_or(false) || of.spec.suspend.value_or(false);
    row.ready = complete_replicas(pods, row.hosts);
    row.ready_pods =
        static_cast<std::int32_t>(std::ranges::count_if(pods, [](kube::pod const* pod) { return pod->is_ready(); }));
    if (row.suspended || row.replicas <= 0) return row;
    std::int64_t const count = std::int64_t(row.replicas) * row.hosts;
    row.cpus = amount_of(group.pod_template, "cpu") * count;
    row.gpus = amount_of(group.pod_template, gpu_resource) * count;
    row.tpus = amount_of(group.pod_template, tpu_resource) * count;
    row.memory = amount_of(group.pod_template, "memory") * count;
    return row;
}

std::string pod_selector(worker_group_query const& query)
{
    std::string selector = std::string(pod_label::node_type) + "=worker";
    if (!query.group.empty()) selector += "," + std::string(pod_label::group) + "=" + query.group;
    if (!query.cluster.empty()) selector += "," + std::string(pod_label::cluster) + "=" + query.cluster;
    return selector;
}

failure not_there(std::string const& what, worker_group_query const& query, std::string const& ns)
{
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "there is no " + what;
    if (!query.cluster.empty() && !query.group.empty())
        status.message += " in the RayCluster \"" + query.cluster + "\"";
    status.message += query.all_namespaces ? " in any namespace" : " in namespace \"" + ns + "\"";
    return failure(error(std::move(status)));
}

// Two kinds of answers of `run_all`: each list fills its own member.
struct listing {
    std::vector<cluster> clusters;
    std::vector<kube::pod> pods;
};

template <class T>
task<void>
list_into(kube::api<T> in, kube::list_params params, std::shared_ptr<listing> into, std::vector<T> listing::* member)
{
    std::function<void(T)> const keep = [into, member](T item) { (into.get()->*member).push_back(std::move(item)); };
    std::string const version = co_await in.list_each(params, keep);
}

template <class T>
kube::api<T> api_for(kube::client const& on, worker_group_query const& query)
{
    return query.all_namespaces ? kube::api<T>::cluster_wide(on) : kube::api<T>::in_ns(on, query.ns);
}

task<std::vector<worker_group_row>> list_groups(kube::client on, worker_group_query query)
{
    auto const clusters = api_for<cluster>(on, query);
    auto const pods = api_for<kube::pod>(on, query);
    kube::list_params of_clusters, of_pods;
    if (!query.cluster.empty()) of_clusters.field_selector = "metadata.name=" + query.cluster;
    of_clusters.label_selector = query.label_selector;
    of_pods.label_selector = pod_selector(query);

    auto const lists = std::make_shared<listing>();
    std::vector<task<void>> both;
    both.push_back(list_into(clusters, of_clusters, lists, &listing::clusters));
    both.push_back(list_into(pods, of_pods, lists, &listing::pods));
    std::vector<result<void>> const ended = co_await run_all(std::move(both));
    if (ended[0].has_error()) throw failure(ended[0].error());
    if (ended[1].has_error()) throw failure(ended[1].error());

    std::string const ns = clusters.core().ns();
    if (!query.cluster.empty() && lists->clusters.empty())
        throw not_there("RayCluster \"" + query.cluster + "\"", query, ns);
    std::map<std::pair<std::string, std::string>, std::vector<kube::pod>> pods_of;
    for (kube::pod& pod : lists->pods) {
        std::pair<std::string, std::string> const owner(
            pod.metadata.ns, std::string(label_of(pod, pod_label::cluster))
        );
        pods_of[owner].push_back(std::move(pod));
    }
    std::vector<worker_group_row> rows;
    for (cluster const& one : lists->clusters)
        for (worker_group_row& row : rows_of(one, pods_of[std::pair(one.metadata.ns, one.metadata.name)]))
            if (query.group.empty() || row.name == query.group) rows.push_back(std::move(row));
    if (rows.empty() && !query.group.empty()) throw not_there("worker group \"" + query.group + "\"", query, ns);
    co_return rows;
}

}  // namespace

std::vector<worker_group_row> rows_of(cluster const& of, std::vector<kube::pod> const& pods)
{
    std::map<std::string_view, std::vector<kube::pod const*>> by_group;
    for (kube::pod const& pod : pods)
        if (label_of(pod, pod_label::cluster) == of.metadata.name && label_of(pod, pod_label::node_type) == "worker")
            by_group[label_of(pod, pod_label::group)].push_back(&pod);
    std::vector<worker_group_row> rows;
    for (worker_group const& group : of.spec.worker_group_specs) {
        if (group.group_name.empty())
            throw failure(
                errc::bad_document, "the RayCluster \"" + of.metadata.name + "\" in namespace \"" + of.metadata.ns
                                        + "\" has a worker group without a name"
            );
        rows.push_back(row_of(of, group, by_group[group.group_name]));
    }
    return rows;
}

task<std::vector<worker_group_row>> list_worker_groups(kube::client on, worker_group_query query)
{
    return list_groups(std::move(on), std::move(query));
}

}  // namespace kuberay::ray
