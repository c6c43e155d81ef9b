#include <kuberay/kube/api.hpp>
#include <kuberay/ray/describe.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

timestamp time_of(kube::event const& event)
{
    if (event.last_seen) return *event.last_seen;
    if (event.first_seen) return *event.first_seen;
    return event.metadata.creation_timestamp.value_or(timestamp());
}

void sort_by_time(std::vector<kube::event>& events) { std::ranges::sort(events, {}, time_of); }

}  // namespace

// Pods are named after their cluster; a cluster whose name goes on behind a dash must not be mixed up with it, but
// its events say so little that a rare stranger among them does no harm.
bool concerns_cluster(kube::event const& event, std::string const& cluster)
{
    if (event.involved_kind == "RayCluster") return event.involved_name == cluster;
    if (event.involved_kind != "Pod") return false;
    return event.involved_name.starts_with(cluster + "-")
           && (event.involved_name.find("-head", cluster.size()) != std::string::npos
               || event.involved_name.find("-worker-", cluster.size()) != std::string::npos);
}

namespace {

task<std::vector<kube::event>> list_of_object(kube::api<kube::event> in, std::string kind, std::string name)
{
    kube::list_params params;
    params.field_selector = "involvedObject.kind=" + kind + ",involvedObject.name=" + name;
    kube::object_list<kube::event> found = co_await in.list(params);
    sort_by_time(found.items);
    co_return std::move(found.items);
}

task<std::vector<kube::event>> list_of_cluster(kube::api<kube::event> in, std::string name)
{
    auto const events = std::make_shared<std::vector<kube::event>>();
    std::function<void(kube::event)> const keep = [events, name](kube::event event) {
        if (concerns_cluster(event, name)) events->push_back(std::move(event));
    };
    kube::list_params const all;
    std::string const version = co_await in.list_each(all, keep);
    sort_by_time(*events);
    co_return std::move(*events);
}

}  // namespace

task<std::vector<kube::event>> events_of(kube::client on, std::string ns, std::string kind, std::string name)
{
    return list_of_object(
        kube::api<kube::event>::in_ns(std::move(on), std::move(ns)), std::move(kind), std::move(name)
    );
}

task<std::vector<kube::event>> events_of_cluster(kube::client on, std::string ns, std::string name)
{
    return list_of_cluster(kube::api<kube::event>::in_ns(std::move(on), std::move(ns)), std::move(name));
}

}  // namespace kuberay::ray
