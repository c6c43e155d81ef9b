#pragma once

#include "base/json_fields.hpp"
#include "kube/meta_json.hpp"

#include <kuberay/ray/cluster.hpp>

namespace kuberay {

/// The wire form of RayCluster, in the order of the Go structs (ray-operator/apis/ray/v1/raycluster_types.go).

template <>
struct field_table<ray::auth_options> {
    using t = ray::auth_options;
    static constexpr auto fields = std::tuple{
        field{"enableK8sTokenAuth", &t::enable_k8s_token_auth},
        field{"secretName", &t::secret_name},
        field{"mode", &t::mode},
    };
};

template <>
struct field_table<ray::autoscaler_options> {
    using t = ray::autoscaler_options;
    static constexpr auto fields = std::tuple{
        field{"resources", &t::resources},
        field{"image", &t::image},
        field{"imagePullPolicy", &t::image_pull_policy},
        field{"securityContext", &t::security_context},
        field{"idleTimeoutSeconds", &t::idle_timeout_seconds},
        field{"upscalingMode", &t::upscaling_mode},
        field{"version", &t::version},
        field{"env", &t::env},
        field{"envFrom", &t::env_from},
        field{"volumeMounts", &t::volume_mounts},
    };
};

template <>
struct field_table<ray::gcs_fault_tolerance_options> {
    using t = ray::gcs_fault_tolerance_options;
    static constexpr auto fields = std::tuple{
        field{"redisUsername", &t::redis_username},
        field{"redisPassword", &t::redis_password},
        field{"externalStorageNamespace", &t::external_storage_namespace},
        field{"redisAddress", &t::redis_address},
    };
};

template <>
struct field_table<ray::head_group> {
    using t = ray::head_group;
    static constexpr auto fields = std::tuple{
        field{"template", &t::pod_template},
        field{"headService", &t::head_service},
        field{"resources", &t::resources},
        field{"labels", &t::labels},
        field{"rayStartParams", &t::ray_start_params},
        field{"serviceType", &t::service_type},
    };
};

template <>
struct field_table<ray::worker_group> {
    using t = ray::worker_group;
    static constexpr auto fields = std::tuple{
        field{"suspend", &t::suspend},
        field{"groupName", &t::group_name},
        field{"replicas", &t::replicas},
        field{"minReplicas", &t::min_replicas},
        field{"maxReplicas", &t::max_replicas},
        field{"idleTimeoutSeconds", &t::idle_timeout_seconds},
        field{"priority", &t::priority},
        field{"resources", &t::resources},
        field{"labels", &t::labels},
        field{"rayStartParams", &t::ray_start_params},
        field{"template", &t::pod_template},
        field{"scaleStrategy", &t::scale_strategy},
        field{"numOfHosts", &t::num_of_hosts},
    };
};

template <>
struct field_table<ray::cluster_spec> {
    using t = ray::cluster_spec;
    static constexpr auto fields = std::tuple{
        field{"upgradeStrategy", &t::upgrade_strategy},
        field{"authOptions", &t::auth_options},
        field{"suspend", &t::suspend},
        field{"managedBy", &t::managed_by},
        field{"autoscalerOptions", &t::autoscaler_options},
        field{"headServiceAnnotations", &t::head_service_annotations},
        field{"enableInTreeAutoscaling", &t::enable_in_tree_autoscaling},
        field{"gcsFaultToleranceOptions", &t::gcs_fault_tolerance_options},
        field{"headGroupSpec", &t::head_group_spec},
        field{"rayVersion", &t::ray_version},
        field{"workerGroupSpecs", &t::worker_group_specs},
    };
};

template <>
struct field_table<ray::head_info> {
    using t = ray::head_info;
    static constexpr auto fields = std::tuple{
        field{"podIP", &t::pod_ip},
        field{"serviceIP", &t::service_ip},
        field{"podName", &t::pod_name},
        field{"serviceName", &t::service_name},
    };
};

template <>
struct field_table<ray::cluster_status> {
    using t = ray::cluster_status;
    static constexpr auto fields = std::tuple{
        field{"state", &t::state},
        field{"desiredCPU", &t::desired_cpu},
        field{"desiredMemory", &t::desired_memory},
        field{"desiredGPU", &t::desired_gpu},
        field{"desiredTPU", &t::desired_tpu},
        field{"lastUpdateTime", &t::last_update_time},
        field{"stateTransitionTimes", &t::state_transition_times},
        field{"endpoints", &t::endpoints},
        field{"head", &t::head},
        field{"reason", &t::reason},
        field{"conditions", &t::conditions},
        field{"readyWorkerReplicas", &t::ready_worker_replicas},
        field{"availableWorkerReplicas", &t::available_worker_replicas},
        field{"desiredWorkerReplicas", &t::desired_worker_replicas},
        field{"minWorkerReplicas", &t::min_worker_replicas},
        field{"maxWorkerReplicas", &t::max_worker_replicas},
        field{"observedGeneration", &t::observed_generation},
    };
};

template <>
struct field_table<ray::cluster> {
    using t = ray::cluster;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay

namespace kuberay::ray {

/// The document of `from` with apiVersion and kind before it; without a status that says nothing.
template <class T>
json::object write_document(T const& from)
{
    json::object fields = write_fields(from);
    json::object document;
    document.emplace("apiVersion", T::type().api_version());
    document.emplace("kind", T::type().kind);
    for (auto& member : fields)
        if (member.key() != "status" || !(from.status == decltype(from.status)()))
            document.emplace(member.key(), std::move(member.value()));
    return document;
}

}  // namespace kuberay::ray
