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

void add_groups(json::value const& cluster, candidates& into)
{
    json::value const* const groups = kuberay::find_path(cluster, "spec.workerGroupSpecs");
    json::array const* const all = groups ? groups->if_array() : nullptr;
    if (!all) return;
    for (json::value const& group : *all) {
        std::string name(kuberay::string_at(group, "groupName"));
        auto const same = [&name](candidate const& known) { return known.value == name; };
        if (name.empty() || std::any_of(into.items.begin(), into.items.end(), same)) continue;
        into.items.emplace_back(std::move(name), "of " + std::string(kuberay::string_at(cluster, "metadata.name")));
    }
}

task<candidates> group_names(context on, std::string cluster)
{
    kube::api_core const core(on.client(), ray::cluster::type(), on.ns());
    kube::list_params params;
    if (!cluster.empty()) params.field_selector = "metadata.name=" + cluster;
    candidates found;
    kube::api_core::item_sink const each = [&found](json::value item) { add_groups(item, found); };
    std::string const version = co_await core.list_each(params, each);
    co_return found;
}

task<candidates> node_names(context on, std::string cluster)
{
    kube::api_core const core(on.client(), kube::pod::type(), on.ns());
    kube::list_params params;
    params.label_selector = "ray.io/is-ray-node=yes";
    if (!cluster.empty()) params.label_selector += ",ray.io/cluster=" + cluster;
    candidates found;
    kube::api_core::item_sink const each = [&found](json::value item) {
        found.items.emplace_back(std::string(kuberay::string_at(item, "metadata.name")));
    };
    std::string const version = co_await core.list_metadata_each(params, each);
    co_return found;
}

completer complete_kind(kube::resource_type type)
{
    return [type = std::move(type)](context on, completion_query) { return object_names(std::move(on), type); };
}

}  // namespace

completer complete_groups(std::string const* cluster)
{
    return [cluster](context on, completion_query) { return group_names(std::move(on), *cluster); };
}

completer complete_nodes(std::string const* cluster)
{
    return [cluster](context on, completion_query) { return node_names(std::move(on), *cluster); };
}

completer complete_jobs() { return complete_kind(ray::job::type()); }

completer complete_services() { return complete_kind(ray::service::type()); }

completer complete_cron_jobs() { return complete_kind(ray::cron_job::type()); }

}  // namespace cli
