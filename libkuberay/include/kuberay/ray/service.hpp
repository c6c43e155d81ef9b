#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/ray/cluster.hpp>

namespace kuberay::ray {

/// The values of ray.io/v1 RayService. As for `cluster`: read, never written back whole.

struct serve_deployment_status {
    serve_deployment_status() = default;
    std::string status, message;
    bool operator==(serve_deployment_status const&) const = default;
};

struct serve_application_status {
    serve_application_status() = default;
    std::string status, message;
    std::map<std::string, serve_deployment_status> deployments;
    bool operator==(serve_application_status const&) const = default;
};

/// One of the two clusters behind a RayService.
struct service_cluster_status {
    service_cluster_status() = default;
    std::string ray_cluster_name;
    cluster_status ray_cluster_status;
    std::map<std::string, serve_application_status> applications;
    std::optional<std::int32_t> target_capacity, traffic_routed_percent;
    bool operator==(service_cluster_status const&) const = default;
};

struct service_spec {
    service_spec() = default;
    std::string serve_config_v2;
    cluster_spec ray_cluster_config;
    json::object upgrade_strategy;
    std::string managed_by;
    bool operator==(service_spec const&) const = default;
};

struct service_status {
    service_status() = default;
    std::string service_status_text;  ///< `serviceStatus`: "Running" or empty
    std::int32_t num_serve_endpoints = 0;
    service_cluster_status active, pending;
    std::vector<kube::condition> conditions;
    std::optional<timestamp> last_update_time;
    std::int64_t observed_generation = 0;
    bool operator==(service_status const&) const = default;
};

/// A RayService. Satisfies `kube::resource`. Not `kube::service`, which is core/v1.
struct service {
    service() = default;
    kube::object_meta metadata;
    service_spec spec;
    service_status status;

    static kube::resource_type const& type();

    /// Errors: throws `failure`, `errc::bad_document`, naming the field that has the wrong type.
    static service from_json(json::value const& document);

    /// Only what is set.
    json::object to_json() const;
};

}  // namespace kuberay::ray
