#pragma once

#include <kuberay/base/quantity.hpp>
#include <kuberay/kube/meta.hpp>
#include <kuberay/kube/resource.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

namespace json = boost::json;

/// The values of ray.io/v1 RayCluster (KubeRay 1.6 and 1.7), as far as this library reads or generates them. Pod
/// templates stay raw JSON. Reading ignores fields that are not listed, so a value is never written back whole: change
/// objects by apply or patch. Distinct objects are safe to use from several threads.

struct auth_options {
    auth_options() = default;
    std::string mode;         ///< "token", "disabled" or empty
    std::string secret_name;  ///< empty: the operator makes a secret (see `ray/token.hpp`)
    std::optional<bool> enable_k8s_token_auth;
    bool operator==(auth_options const&) const = default;
};

struct autoscaler_options {
    autoscaler_options() = default;
    std::string version;  ///< "v1", "v2"
    std::optional<std::int32_t> idle_timeout_seconds;
    std::string upscaling_mode;  ///< "Default", "Aggressive", "Conservative"
    std::string image, image_pull_policy;
    json::object resources;
    json::array env, env_from, volume_mounts;
    json::object security_context;
    bool operator==(autoscaler_options const&) const = default;
};

struct gcs_fault_tolerance_options {
    gcs_fault_tolerance_options() = default;
    std::string redis_address;
    json::object redis_username, redis_password;  ///< `value` or `valueFrom`
    std::string external_storage_namespace;
    bool operator==(gcs_fault_tolerance_options const&) const = default;
};

struct head_group {
    head_group() = default;
    std::string service_type;
    json::object head_service;
    std::map<std::string, std::string> ray_start_params, labels, resources;
    json::object pod_template;  ///< core/v1 PodTemplateSpec
    bool operator==(head_group const&) const = default;
};

struct worker_group {
    worker_group() = default;
    std::string group_name;
    std::optional<std::int32_t> replicas, min_replicas, max_replicas, num_of_hosts;
    std::optional<std::int32_t> idle_timeout_seconds, priority;
    std::optional<bool> suspend;
    std::map<std::string, std::string> ray_start_params, labels, resources;
    json::object pod_template;    ///< core/v1 PodTemplateSpec
    json::object scale_strategy;  ///< workersToDelete
    bool operator==(worker_group const&) const = default;

    /// `replicas`, or what the API server's default is (0).
    std::int32_t wanted_replicas() const noexcept { return replicas.value_or(0); }

    /// `num_of_hosts`, or 1; never below 1.
    std::int32_t hosts() const noexcept { return num_of_hosts && *num_of_hosts > 1 ? *num_of_hosts : 1; }
};

struct cluster_spec {
    cluster_spec() = default;
    std::string ray_version;
    std::optional<bool> suspend;
    std::optional<bool> enable_in_tree_autoscaling;
    std::optional<ray::autoscaler_options> autoscaler_options;
    std::optional<ray::auth_options> auth_options;
    std::optional<ray::gcs_fault_tolerance_options> gcs_fault_tolerance_options;
    std::string managed_by;
    std::map<std::string, std::string> head_service_annotations;
    json::object upgrade_strategy;
    head_group head_group_spec;
    std::vector<worker_group> worker_group_specs;
    bool operator==(cluster_spec const&) const = default;
};

struct head_info {
    head_info() = default;
    std::string pod_ip, pod_name, service_ip, service_name;
    bool operator==(head_info const&) const = default;
};

struct cluster_status {
    cluster_status() = default;
    std::string state;  ///< "ready", "failed", "suspended" or empty (the operator calls it deprecated)
    std::string reason;
    std::vector<kube::condition> conditions;
    std::int32_t desired_worker_replicas = 0, available_worker_replicas = 0, ready_worker_replicas = 0;
    std::int32_t min_worker_replicas = 0, max_worker_replicas = 0;
    quantity desired_cpu, desired_memory, desired_gpu, desired_tpu;
    head_info head;
    std::map<std::string, std::string> endpoints;
    std::optional<timestamp> last_update_time;
    std::map<std::string, timestamp> state_transition_times;
    std::int64_t observed_generation = 0;
    bool operator==(cluster_status const&) const = default;
};

/// A RayCluster. Satisfies `kube::resource`, so `kube::api<ray::cluster>` works.
struct cluster {
    cluster() = default;
    kube::object_meta metadata;
    cluster_spec spec;
    cluster_status status;

    static kube::resource_type const& type();

    /// Errors: throws `failure`, `errc::bad_document`, naming the field that has the wrong type.
    static cluster from_json(json::value const& document);

    /// Only what is set.
    json::object to_json() const;
};

/// The group of that name; null when there is none.
worker_group const* find_worker_group(cluster_spec const& spec, std::string_view name) noexcept;

/// The spec of a RayCluster as RayJob and RayService embed it. Errors: as `cluster::from_json`.
cluster_spec cluster_spec_from_json(json::value const& document);

/// Only what is set.
json::object cluster_spec_to_json(cluster_spec const& spec);

}  // namespace kuberay::ray
