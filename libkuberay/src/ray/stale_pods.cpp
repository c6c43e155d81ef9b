#include "ray/patch_operations.hpp"
#include "ray/pod_amounts.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/update.hpp>

namespace kuberay::ray {
namespace {

std::string label_of(kube::pod const& pod, std::string_view key)
{
    auto const found = pod.metadata.labels.find(std::string(key));
    return found == pod.metadata.labels.end() ? std::string() : found->second;
}

// The first container of the template that made `pod`; null when there is none (any more).
json::value const* container_for(json::value const& cluster, json::object const& object, kube::pod const& pod)
{
    if (label_of(pod, pod_label::node_type) == "head")
        return find_path(cluster, "spec.headGroupSpec.template.spec.containers.0");
    std::string const group = label_of(pod, pod_label::group);
    for (json::value const& spec : groups_of(object))
        if (string_at(spec, "groupName") == group) return find_path(spec, "template.spec.containers.0");
    return nullptr;
}

bool asks_for(kube::container const& running, json::value const& wanted, std::string_view name)
{
    json::object container = wanted.as_object(), spec, pod_template;
    json::array containers;
    containers.push_back(std::move(container));
    spec.emplace("containers", std::move(containers));
    pod_template.emplace("spec", std::move(spec));
    return amount_of(running.resources, name) == amount_of(pod_template, name);
}

}  // namespace

std::vector<std::string> stale_pods(json::object const& cluster, std::vector<kube::pod> const& pods)
{
    std::vector<std::string> stale;
    json::value const document(cluster);
    for (kube::pod const& pod : pods) {
        json::value const* wanted = container_for(document, cluster, pod);
        if (!wanted || !wanted->is_object() || pod.containers.empty() || pod.metadata.deletion_timestamp) continue;
        kube::container const& running = pod.containers.front();
        bool same = running.image == string_at(*wanted, "image");
        for (std::string_view const name : {std::string_view("cpu"), std::string_view("memory"), gpu_resource})
            same = same && asks_for(running, *wanted, name);
        if (!same) stale.push_back(pod.metadata.name);
    }
    return stale;
}

bool recreates_pods(json::object const& cluster)
{
    return string_at(json::value(cluster), "spec.upgradeStrategy.type") == "Recreate";
}

}  // namespace kuberay::ray
