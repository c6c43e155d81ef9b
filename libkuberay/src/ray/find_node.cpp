#include "base/quote.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/nodes.hpp>

namespace kuberay::ray {
namespace {

bool runs(kube::pod const& pod) { return pod.phase == "Running" && !pod.metadata.deletion_timestamp; }

error unavailable(std::string sentence)
{
    server_status status;
    status.http_status = 503;
    status.reason = "ServiceUnavailable";
    status.message = std::move(sentence);
    return error(std::move(status));
}

std::string state_of(kube::pod const& pod)
{
    if (pod.metadata.deletion_timestamp) return "is being deleted";
    return "is " + (pod.phase.empty() ? std::string("not started") : pod.phase) + ", not Running";
}

kube::pod const* best_of(std::vector<kube::pod> const& pods)
{
    kube::pod const* best = nullptr;
    for (kube::pod const& each : pods) {
        if (runs(each) && each.is_ready()) return &each;
        if (!best || (runs(each) && !runs(*best))) best = &each;
    }
    return best;
}

// No pod: because there is no such cluster, or because it has none yet.
task<void> explain_absence(kube::client on, std::string ns, std::string cluster_name)
{
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    cluster const found = co_await clusters.get(cluster_name);
    std::string sentence = "the Ray cluster " + kuberay::quoted(cluster_name) + " has no head pod";
    if (found.spec.suspend.value_or(false)) sentence += ": it is suspended";
    throw failure(unavailable(std::move(sentence)));
}

task<kube::pod> find(kube::client on, std::string ns, std::string cluster, std::string node)
{
    node_query query;
    query.ns = ns;
    query.cluster = cluster;
    query.node = node;
    if (node.empty()) query.label_selector = std::string(pod_label::node_type) + "=head";
    std::vector<kube::pod> const pods = co_await list_nodes(on, query);
    kube::pod const* const best = best_of(pods);
    if (!best) co_await explain_absence(on, ns, cluster);
    if (!runs(*best))
        throw failure(unavailable("the pod " + kuberay::quoted(best->metadata.name) + " " + state_of(*best)));
    co_return *best;
}

}  // namespace

task<kube::pod> find_node(kube::client on, std::string ns, std::string cluster, std::string node)
{
    return find(std::move(on), std::move(ns), std::move(cluster), std::move(node));
}

}  // namespace kuberay::ray
