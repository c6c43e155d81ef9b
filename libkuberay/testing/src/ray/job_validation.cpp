#include "workload_reconciler.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>

namespace kuberay::testing {

namespace {

constexpr std::size_t longest_job_name = 47;
constexpr std::string_view invalid = "The RayJob spec is invalid: ";

bool has(json::object const& job, std::string_view path)
{
    json::value const root = job;
    json::value const* found = find_path(root, path);
    return found && !found->is_null() && !(found->is_object() && found->get_object().empty());
}

std::string selector_fault(json::object const& job)
{
    json::value const root = job;
    json::object const& selector = find_path(root, "spec.clusterSelector")->get_object();
    json::value const* cluster = selector.if_contains("ray.io/cluster");
    if (flag_at(job, "spec.suspend"))
        return std::string(invalid) + "the ClusterSelector mode doesn't support the suspend operation";
    if (!cluster || !cluster->is_string() || cluster->get_string().empty())
        return "cluster name in ClusterSelector should not be empty";
    if (text_at(job, "spec.submissionMode") == "SidecarMode") return "ClusterSelector is not supported in SidecarMode";
    if (number_at(job, "spec.backoffLimit", 0) > 0)
        return std::string(invalid) + "BackoffLimit is incompatible with ClusterSelector mode";
    return std::string();
}

std::string env_fault(std::string const& text)
{
    std::string const words = "failed to unmarshal RuntimeEnvYAML: " + text + ": ";
    try {
        auto const documents = parse_yaml(text, "yaml");
        if (documents.empty() || documents.front().value().is_object()) return std::string();
        return words
               + "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type "
                 "types.RuntimeEnvType";
    } catch (failure const& why) {
        return words + why.error().message();
    }
}

std::string deadline_fault(json::object const& job)
{
    for (char const* name : {"activeDeadlineSeconds", "preRunningDeadlineSeconds"})
        if (number_at(job, std::string("spec.") + name, 1) <= 0)
            return std::string(invalid) + name + " must be a positive integer";
    if (number_at(job, "spec.backoffLimit", 0) < 0)
        return std::string(invalid) + "backoffLimit must be a positive integer";
    return std::string();
}

}  // namespace

// In the order of the operator's own checks.
std::string job_fault(json::object const& job)
{
    std::string const name = text_at(job, "metadata.name");
    bool const shuts_down = flag_at(job, "spec.shutdownAfterJobFinishes");
    std::int64_t const ttl = number_at(job, "spec.ttlSecondsAfterFinished", 0);
    bool const selects = has(job, "spec.clusterSelector");
    if (name.size() > longest_job_name)
        return "The RayJob metadata is invalid: RayJob name should be no more than " + std::to_string(longest_job_name)
               + " characters";
    if (!is_dns1035_label(name))
        return "The RayJob metadata is invalid: RayJob name should be a valid DNS1035 label: [a DNS-1035 label must "
               "consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with "
               "an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
               "'[a-z]([-a-z0-9]*[a-z0-9])?')]";
    if (flag_at(job, "spec.suspend") && !shuts_down)
        return std::string(invalid)
               + "a RayJob with shutdownAfterJobFinishes set to false is not allowed to be suspended";
    if (ttl < 0) return std::string(invalid) + "TTLSecondsAfterFinished must be a non-negative integer";
    if (!shuts_down && ttl > 0)
        return std::string(invalid)
               + "a RayJob with shutdownAfterJobFinishes set to false cannot have TTLSecondsAfterFinished";
    if (!selects && !has(job, "spec.rayClusterSpec"))
        return std::string(invalid) + "one of RayClusterSpec or ClusterSelector must be set";
    if (selects)
        if (std::string fault = selector_fault(job); !fault.empty()) return fault;
    if (text_at(job, "spec.submissionMode") == "InteractiveMode" && number_at(job, "spec.backoffLimit", 0) > 0)
        return std::string(invalid) + "BackoffLimit is incompatible with InteractiveMode";
    if (text_at(job, "spec.submissionMode") == "SidecarMode" && has(job, "spec.submitterPodTemplate"))
        return "Currently, SidecarMode doesn't support SubmitterPodTemplate";
    if (std::string fault = env_fault(text_at(job, "spec.runtimeEnvYAML")); !fault.empty()) return fault;
    return deadline_fault(job);
}

}  // namespace kuberay::testing
