#include "cli/group_names.hpp"

#include "cli/context.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/cron_job.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/service.hpp>

#include <algorithm>

namespace cli {
namespace {

void add_groups(json::value const& owner, std::string_view at, candidates& into)
{
    json::value const* const groups = kuberay::find_path(owner, at);
    json::array const* const all = groups ? groups->if_array() : nullptr;
    if (!all) return;
    for (json::value const& group : *all) {
        std::string name(kuberay::string_at(group, "groupName"));
        auto const same = [&name](candidate const& known) { return known.value == name; };
        if (name.empty() || std::any_of(into.items.begin(), into.items.end(), same)) continue;
        into.items.emplace_back(std::move(name), "of " + std::string(kuberay::string_at(owner, "metadata.name")));
    }
}

task<candidates> group_names(context on, std::string cluster)
{
    kube::api_core const core(on.client(), ray::cluster::type(), on.ns());
    kube::list_params params;
    if (!cluster.empty()) params.field_selector = "metadata.name=" + cluster;
    candidates found;
    kube::api_core::item_sink const each = [&found](json::value item) {
        add_groups(item, "spec.workerGroupSpecs", found);
    };
    std::string const version = co_await core.list_each(params, each);
    co_return found;
}

task<candidates> service_group_names(context on, std::string service)
{
    kube::api_core const core(on.client(), ray::service::type(), on.ns());
    json::value const found = co_await core.get(service);
    candidates groups;
    add_groups(found, "spec.rayClusterConfig.workerGroupSpecs", groups);
    co_return groups;
}

task<candidates> node_names(context on, std::string cluster)
{
    std::string which = "ray.io/is-ray-node=yes";
    if (!cluster.empty()) which += ",ray.io/cluster=" + cluster;
    return object_names(std::move(on), kube::pod::type(), std::move(which));
}

}  // namespace

completer complete_groups(std::string const* cluster)
{
    return [cluster](context on, completion_query) { return group_names(std::move(on), *cluster); };
}

completer complete_service_groups()
{
    return [](context on, completion_query query) {
        if (query.positionals.empty()) return offer(candidates());
        return service_group_names(std::move(on), query.positionals.front());
    };
}

completer complete_nodes(std::string const* cluster)
{
    return [cluster](context on, completion_query) { return node_names(std::move(on), *cluster); };
}

completer complete_jobs() { return complete_objects(ray::job::type()); }

completer complete_services() { return complete_objects(ray::service::type()); }

completer complete_cron_jobs() { return complete_objects(ray::cron_job::type()); }

}  // namespace cli
