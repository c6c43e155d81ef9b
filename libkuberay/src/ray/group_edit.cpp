#include "ray/patch_operations.hpp"
#include "ray/pod_watch.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/group_edit.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

// What the cluster runs already; the new group must run the same Ray.
std::string image_of(json::object const& cluster)
{
    json::value const* spec = cluster.if_contains("spec");
    if (!spec) return {};
    std::string image(string_at(*spec, "headGroupSpec.template.spec.containers.0.image"));
    if (image.empty()) image = string_at(*spec, "workerGroupSpecs.0.template.spec.containers.0.image");
    return image;
}

// Nothing makes pods of the group any more, the autoscaler neither.
edit_plan plan_empty_group(json::object const& cluster, std::string const& group)
{
    edit_plan plan;
    std::size_t const index = index_of_group(cluster, group);
    json::value const& spec = groups_of(cluster)[index];
    std::string const path = "/spec/workerGroupSpecs/" + std::to_string(index) + "/";
    add_operation(plan.operations, "test", path + "groupName", json::value(group));
    for (std::string const key : {"minReplicas", "maxReplicas", "replicas"}) {
        std::optional<std::int64_t> const now = int_at(spec, key);
        if (now.value_or(0) == 0 && key != "maxReplicas") continue;
        if (now == 0) continue;
        add_operation(plan.operations, now ? "replace" : "add", path + key, json::value(0));
        plan.changes.emplace_back(group + ": " + key, now ? std::to_string(*now) : std::string(), "0");
    }
    return plan;
}

std::string selector_of(std::string const& cluster, std::string const& group)
{
    return std::string(pod_label::cluster) + "=" + cluster + "," + std::string(pod_label::group) + "=" + group;
}

bool is_autoscaled(json::object const& cluster)
{
    json::value const* const spec = cluster.if_contains("spec");
    return spec && bool_at(*spec, "enableInTreeAutoscaling").value_or(false);
}

// With in-tree autoscaling the operator removes only the pods that are named to it.
edit_plan plan_give_up(json::object const& cluster, std::string const& group, json::array const& pods)
{
    edit_plan plan;
    std::string const path = "/spec/workerGroupSpecs/" + std::to_string(index_of_group(cluster, group));
    json::object strategy;
    strategy["workersToDelete"] = pods;
    add_operation(plan.operations, "test", path + "/groupName", json::value(group));
    add_operation(plan.operations, "add", path + "/scaleStrategy", std::move(strategy));
    plan.changes.emplace_back(group + ": workers to delete", std::string(), std::to_string(pods.size()));
    return plan;
}

task<void>
give_up_pods(kube::client on, std::string ns, std::string cluster_name, std::string group, edit_options options)
{
    auto const pods = kube::api<kube::pod>::in_ns(on, ns);
    kube::list_params which;
    which.label_selector = selector_of(cluster_name, group);
    kube::object_list<kube::pod> const left = co_await pods.list(which);
    if (left.items.empty()) co_return;
    json::array names;
    for (kube::pod const& pod : left.items)
        names.emplace_back(pod.metadata.name);
    edit_builder const names_them = [group, names](json::object const& now) { return plan_give_up(now, group, names); };
    task<edit_outcome> naming = edit_object(on, cluster::type(), ns, cluster_name, names_them, options);
    edit_outcome const named = co_await std::move(naming);
}

task<void> wait_group_empty(kube::api<kube::pod> pods, std::string cluster, std::string group)
{
    std::string const selector = selector_of(cluster, group);
    std::function<bool(pods_by_name const&)> const gone = [](pods_by_name const& left) { return left.empty(); };
    return follow_pods_until(std::move(pods), selector, gone);
}

task<edit_outcome> remove_group(
    kube::client on, std::string ns, std::string name, std::string group, std::chrono::steady_clock::duration timeout,
    edit_options options
)
{
    edit_builder const empties = [group](json::object const& now) { return plan_empty_group(now, group); };
    edit_builder const removes = [group](json::object const& now) { return plan_remove_group(now, group); };
    if (options.dry_run) {
        task<edit_outcome> checking = edit_object(on, cluster::type(), ns, name, removes, options);
        co_return co_await std::move(checking);
    }
    task<edit_outcome> emptying = edit_object(on, cluster::type(), ns, name, empties, options);
    edit_outcome const emptied = co_await std::move(emptying);
    if (is_autoscaled(emptied.object)) {
        task<void> giving_up = give_up_pods(on, ns, name, group, options);
        co_await std::move(giving_up);
    }
    task<void> waiting = wait_group_empty(kube::api<kube::pod>::in_ns(on, ns), name, group);
    task<void> bounded = with_timeout(timeout, std::move(waiting));
    result<void> ended = co_await as_result(std::move(bounded));
    if (ended.has_error())
        throw failure(ended.error().with_context(
            "waiting for the pods of the worker group \"" + group + "\" to be gone (the group stays, with 0 replicas)"
        ));
    task<edit_outcome> removing = edit_object(on, cluster::type(), ns, name, removes, options);
    edit_outcome removed = co_await std::move(removing);
    co_return removed;
}

}  // namespace

edit_plan plan_add_group(json::object const& cluster, json::object group)
{
    json::value const* named = group.if_contains("groupName");
    std::string const name = named && named->is_string() ? std::string(named->get_string().c_str()) : std::string();
    std::vector<std::string> const names = group_names_of(cluster);
    if (std::ranges::find(names, name) != names.end())
        throw failure(errc::bad_input, who_is(cluster) + " has a worker group \"" + name + "\" already");
    edit_plan plan;
    guard_generation(plan.operations, cluster);
    if (names.empty()) {
        json::array groups;
        groups.push_back(std::move(group));
        add_operation(plan.operations, "add", "/spec/workerGroupSpecs", std::move(groups));
    } else {
        add_operation(plan.operations, "add", "/spec/workerGroupSpecs/-", std::move(group));
    }
    plan.changes.emplace_back("worker group", std::string(), name);
    return plan;
}

edit_plan plan_remove_group(json::object const& cluster, std::string const& group)
{
    std::size_t const index = index_of_group(cluster, group);
    std::string const path = "/spec/workerGroupSpecs/" + std::to_string(index);
    edit_plan plan;
    guard_generation(plan.operations, cluster);
    add_operation(plan.operations, "test", path + "/groupName", json::value(group));
    add_removal(plan.operations, path);
    plan.changes.emplace_back("worker group", group, std::string());
    return plan;
}

task<edit_outcome> create_worker_group(
    kube::client on, std::string ns, std::string cluster, cluster_config config, worker_group_config group,
    edit_options options
)
{
    edit_builder build = [config = std::move(config), group = std::move(group)](json::object const& now) {
        cluster_config chosen = config;
        if (chosen.image.empty() && chosen.ray_version.empty()) chosen.image = image_of(now);
        json::object made = generate_worker_group(chosen, group, 0);
        // CRDs before 1.4 require it.
        if (!made.contains("rayStartParams")) made.emplace("rayStartParams", json::object());
        return plan_add_group(now, std::move(made));
    };
    return edit_object(
        std::move(on), ray::cluster::type(), std::move(ns), std::move(cluster), std::move(build), std::move(options)
    );
}

task<edit_outcome> delete_worker_group(
    kube::client on, std::string ns, std::string cluster, std::string group,
    std::chrono::steady_clock::duration timeout, edit_options options
)
{
    return remove_group(
        std::move(on), std::move(ns), std::move(cluster), std::move(group), timeout, std::move(options)
    );
}

}  // namespace kuberay::ray
