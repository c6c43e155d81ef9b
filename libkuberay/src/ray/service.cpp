#include "ray/cluster_fields.hpp"

#include <kuberay/ray/service.hpp>

namespace kuberay {

template <>
struct field_table<ray::serve_deployment_status> {
    using t = ray::serve_deployment_status;
    static constexpr auto fields = std::tuple{
        field{"status", &t::status},
        field{"message", &t::message},
    };
};

template <>
struct field_table<ray::serve_application_status> {
    using t = ray::serve_application_status;
    static constexpr auto fields = std::tuple{
        field{"serveDeploymentStatuses", &t::deployments},
        field{"status", &t::status},
        field{"message", &t::message},
    };
};

template <>
struct field_table<ray::service_cluster_status> {
    using t = ray::service_cluster_status;
    static constexpr auto fields = std::tuple{
        field{"applicationStatuses", &t::applications},
        field{"targetCapacity", &t::target_capacity},
        field{"trafficRoutedPercent", &t::traffic_routed_percent},
        field{"rayClusterName", &t::ray_cluster_name},
        field{"rayClusterStatus", &t::ray_cluster_status},
    };
};

template <>
struct field_table<ray::service_spec> {
    using t = ray::service_spec;
    static constexpr auto fields = std::tuple{
        field{"upgradeStrategy", &t::upgrade_strategy},
        field{"managedBy", &t::managed_by},
        field{"serveConfigV2", &t::serve_config_v2},
        field{"rayClusterConfig", &t::ray_cluster_config},
    };
};

template <>
struct field_table<ray::service_status> {
    using t = ray::service_status;
    static constexpr auto fields = std::tuple{
        field{"conditions", &t::conditions},
        field{"lastUpdateTime", &t::last_update_time},
        field{"serviceStatus", &t::service_status_text},
        field{"activeServiceStatus", &t::active},
        field{"pendingServiceStatus", &t::pending},
        field{"numServeEndpoints", &t::num_serve_endpoints},
        field{"observedGeneration", &t::observed_generation},
    };
};

template <>
struct field_table<ray::service> {
    using t = ray::service;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay

namespace kuberay::ray {

kube::resource_type const& service::type()
{
    static kube::resource_type const type("ray.io", "v1", "RayService", "rayservices");
    return type;
}

service service::from_json(json::value const& document) { return read_fields<service>(document); }

json::object service::to_json() const { return write_document(*this); }

}  // namespace kuberay::ray
