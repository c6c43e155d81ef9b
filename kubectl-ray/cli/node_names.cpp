#include "cli/node_names.hpp"

#include "cli/context.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/nodes.hpp>

#include <algorithm>

namespace cli {
namespace {

// Of TYPE/NAME only a RayCluster has pods that are found by its name.
std::string cluster_of(completion_query const& query)
{
    if (query.positionals.empty()) return std::string();
    std::string const& word = query.positionals.front();
    std::size_t const slash = word.find('/');
    return slash == std::string::npos ? word : word.substr(slash + 1);
}

void add_once(candidates& into, std::string value, std::string description)
{
    auto const same = [&value](candidate const& known) { return known.value == value; };
    if (std::any_of(into.items.begin(), into.items.end(), same)) return;
    into.items.emplace_back(std::move(value), std::move(description));
}

std::string label_of(kube::pod const& pod, char const* key)
{
    auto const found = pod.metadata.labels.find(key);
    return found == pod.metadata.labels.end() ? std::string() : found->second;
}

task<std::vector<kube::pod>> nodes_of(context on, std::string cluster, std::string node)
{
    ray::node_query query;
    query.ns = on.ns();
    query.cluster = std::move(cluster);
    query.node = std::move(node);
    co_return co_await ray::list_nodes(on.client(), query);
}

task<candidates> node_names(context on, std::string cluster)
{
    std::vector<kube::pod> const pods = co_await nodes_of(on, cluster, std::string());
    candidates found;
    for (kube::pod const& pod : pods)
        add_once(found, pod.metadata.name, label_of(pod, "ray.io/group"));
    co_return found;
}

task<candidates> container_names(context on, std::string cluster, std::string node)
{
    std::vector<kube::pod> const pods = co_await nodes_of(on, cluster, node);
    candidates found;
    for (kube::pod const& pod : pods) {
        for (kube::container const& each : pod.containers)
            add_once(found, each.name, each.image);
        for (kube::container const& each : pod.init_containers)
            add_once(found, each.name, "init container");
    }
    co_return found;
}

task<candidates> copy_words(context on)
{
    candidates found;
    found.directive = directive::no_space;
    std::vector<kube::pod> const pods = co_await nodes_of(on, std::string(), std::string());
    for (kube::pod const& pod : pods)
        add_once(found, pod.metadata.name + ":", label_of(pod, "ray.io/group"));
    for (kube::pod const& pod : pods)
        add_once(found, label_of(pod, "ray.io/cluster") + ":", "the head of the cluster");
    co_return found;
}

completer first_only(completer names)
{
    return [names = std::move(names)](context on, completion_query query) {
        return query.positionals.empty() ? names(std::move(on), std::move(query)) : offer(candidates());
    };
}

}  // namespace

completer complete_first_cluster() { return first_only(complete_clusters()); }

completer complete_first_target()
{
    target_words with_nodes;  // a RayCronJob has no cluster of its own
    with_nodes.kinds = {ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::service};
    return first_only(complete_targets(std::move(with_nodes)));
}

completer complete_nodes_of_first()
{
    return [](context on, completion_query query) { return node_names(std::move(on), cluster_of(query)); };
}

completer complete_containers(std::string const* node)
{
    return
        [node](context on, completion_query query) { return container_names(std::move(on), cluster_of(query), *node); };
}

completer complete_copy_words()
{
    return [](context on, completion_query query) {
        bool const is_path = query.word.find_first_of("/.~") == 0;
        return is_path ? complete_files()(std::move(on), std::move(query)) : copy_words(std::move(on));
    };
}

}  // namespace cli
