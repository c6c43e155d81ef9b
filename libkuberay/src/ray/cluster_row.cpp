#include <kuberay/base/json.hpp>
#include <kuberay/ray/cluster_row.hpp>
#include <kuberay/ray/conditions.hpp>

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <array>

namespace kuberay::ray {
namespace {

std::string text_at(json::value const& from, std::string_view path) { return std::string(string_at(from, path)); }

std::string count_at(json::value const& from, std::string_view path)
{
    return std::to_string(int_at(from, path).value_or(0));
}

std::string amount_at(json::value const& from, std::string_view path)
{
    json::value const* found = find_path(from, path);
    if (!found) return "0";
    std::string const text = found->is_string() ? text_at(from, path) : to_json(*found);
    auto const parsed = quantity::parse(text);
    return parsed ? parsed->str() : "0";
}

// As `relevant_condition`, for a list that may hold anything.
std::string top_condition(json::value const& document)
{
    json::value const* found = find_path(document, "status.conditions");
    json::array const* all = found ? found->if_array() : nullptr;
    if (!all) return {};
    cluster_status status;
    for (json::value const& item : *all) {
        kube::condition& condition = status.conditions.emplace_back();
        condition.type = text_at(item, "type");
        condition.status = text_at(item, "status");
    }
    auto const* top = relevant_condition(status);
    return top ? top->type : std::string();
}

std::string autoscaler_of(json::value const& document)
{
    if (!bool_at(document, "spec.enableInTreeAutoscaling").value_or(false)) return {};
    std::string version = text_at(document, "spec.autoscalerOptions.version");
    return version.empty() ? "v1" : version;
}

}  // namespace

cluster_row row_of(cluster const& from, timestamp now) { return row_of_cluster(json::value(from.to_json()), now); }

cluster_row row_of_cluster(json::value const& document, timestamp now)
{
    cluster_row row;
    row.name = text_at(document, "metadata.name");
    row.ns = text_at(document, "metadata.namespace");
    row.desired_workers = count_at(document, "status.desiredWorkerReplicas");
    row.available_workers = count_at(document, "status.availableWorkerReplicas");
    row.cpus = amount_at(document, "status.desiredCPU");
    row.gpus = amount_at(document, "status.desiredGPU");
    row.tpus = amount_at(document, "status.desiredTPU");
    row.memory = amount_at(document, "status.desiredMemory");
    row.condition = top_condition(document);
    row.status = text_at(document, "status.state");
    row.age = age_since(parse_rfc3339(string_at(document, "metadata.creationTimestamp")), now);
    row.head_pod = text_at(document, "status.head.podName");
    row.head_ip = text_at(document, "status.head.podIP");
    row.service = text_at(document, "status.head.serviceName");
    row.autoscaler = autoscaler_of(document);
    row.ray_version = text_at(document, "spec.rayVersion");
    row.image = text_at(document, "spec.headGroupSpec.template.spec.containers.0.image");
    return row;
}

}  // namespace kuberay::ray
