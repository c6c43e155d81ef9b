#include "ray/pod_template.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/generation.hpp>

namespace kuberay::ray {
namespace {

// The CRD's spelling of a word that may be written in any case.
std::string upscaling_mode(std::string const& written)
{
    std::string mode = to_lower(written);
    if (!mode.empty() && mode[0] >= 'a' && mode[0] <= 'z') mode[0] = static_cast<char>(mode[0] - 'a' + 'A');
    return mode;
}

std::string service_type(std::string const& written)
{
    for (char const* type : {"ClusterIP", "NodePort", "LoadBalancer"})
        if (to_lower(type) == to_lower(written)) return type;
    return written;
}

json::object autoscaler_options_of(autoscaler_config const& config)
{
    json::object options;
    if (!config.version.empty()) options.emplace("version", to_lower(config.version));
    if (config.idle_timeout_seconds) options.emplace("idleTimeoutSeconds", *config.idle_timeout_seconds);
    if (!config.upscaling_mode.empty()) options.emplace("upscalingMode", upscaling_mode(config.upscaling_mode));
    return options;
}

json::object fault_tolerance_of(gcs_fault_tolerance_config const& config)
{
    json::object options;
    options.emplace("redisAddress", config.redis_address);
    if (!config.redis_username.empty()) {
        json::object credential;
        credential.emplace("value", config.redis_username);
        options.emplace("redisUsername", std::move(credential));
    }
    if (config.redis_password_secret) {
        json::object key, from, credential;
        key.emplace("name", config.redis_password_secret->name);
        key.emplace("key", config.redis_password_secret->key);
        from.emplace("secretKeyRef", std::move(key));
        credential.emplace("valueFrom", std::move(from));
        options.emplace("redisPassword", std::move(credential));
    }
    if (!config.external_storage_namespace.empty())
        options.emplace("externalStorageNamespace", config.external_storage_namespace);
    return options;
}

json::object auth_options_of(auth_config const& config)
{
    json::object options;
    options.emplace("mode", to_lower(config.mode));
    if (!config.secret_name.empty()) options.emplace("secretName", config.secret_name);
    return options;
}

json::object generate_head(cluster_config const& config)
{
    head_config const& head = config.head;
    pod_parts const parts{
        "ray-head",
        {head.cpu, head.memory, head.gpu, std::string(), head.ephemeral_storage, head.extended_resources},
        head.node_selectors,
        head.env,
        head.tolerations,
        true
    };
    json::object group;
    if (!head.ray_start_params.empty()) group.emplace("rayStartParams", to_object(head.ray_start_params));
    if (!head.service_type.empty()) group.emplace("serviceType", service_type(head.service_type));
    group.emplace("template", pod_template(config, parts));
    return group;
}

}  // namespace

json::object generate_worker_group(cluster_config const& config, worker_group_config const& group, std::size_t index)
{
    pod_parts const parts{
        "ray-worker",
        {group.cpu, group.memory, group.gpu, group.tpu, group.ephemeral_storage, group.extended_resources},
        group.node_selectors,
        group.env,
        group.tolerations,
        false
    };
    json::object written;
    written.emplace("groupName", effective_group_name(group, index));
    written.emplace("replicas", group.replicas);
    if (group.min_replicas) written.emplace("minReplicas", *group.min_replicas);
    if (group.max_replicas) written.emplace("maxReplicas", *group.max_replicas);
    if (group.num_of_hosts) written.emplace("numOfHosts", *group.num_of_hosts);
    if (group.suspend) written.emplace("suspend", *group.suspend);
    if (!group.ray_start_params.empty()) written.emplace("rayStartParams", to_object(group.ray_start_params));
    written.emplace("template", pod_template(config, parts));
    return written;
}

json::object generate_cluster_spec(cluster_config const& config)
{
    json::object spec;
    spec.emplace("rayVersion", config.ray_version.empty() ? std::string(default_ray_version) : config.ray_version);
    if (config.suspend) spec.emplace("suspend", *config.suspend);
    if (config.autoscaler) {
        spec.emplace("enableInTreeAutoscaling", true);
        json::object options = autoscaler_options_of(*config.autoscaler);
        if (!options.empty()) spec.emplace("autoscalerOptions", std::move(options));
    }
    if (config.gcs_fault_tolerance)
        spec.emplace("gcsFaultToleranceOptions", fault_tolerance_of(*config.gcs_fault_tolerance));
    if (config.auth) spec.emplace("authOptions", auth_options_of(*config.auth));
    if (!config.head_service_annotations.empty())
        spec.emplace("headServiceAnnotations", to_object(config.head_service_annotations));
    spec.emplace("headGroupSpec", generate_head(config));
    json::array groups;
    for (std::size_t i = 0; i < config.worker_groups.size(); ++i)
        groups.push_back(generate_worker_group(config, config.worker_groups[i], i));
    spec.emplace("workerGroupSpecs", std::move(groups));
    return spec;
}

json::object generate_cluster(cluster_config const& config)
{
    json::object metadata;
    metadata.emplace("name", config.name);
    if (!config.ns.empty()) metadata.emplace("namespace", config.ns);
    if (!config.labels.empty()) metadata.emplace("labels", to_object(config.labels));
    if (!config.annotations.empty()) metadata.emplace("annotations", to_object(config.annotations));
    json::object document;
    document.emplace("apiVersion", cluster::type().api_version());
    document.emplace("kind", cluster::type().kind);
    document.emplace("metadata", std::move(metadata));
    document.emplace("spec", generate_cluster_spec(config));
    return document;
}

}  // namespace kuberay::ray
