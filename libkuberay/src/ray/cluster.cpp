#include "ray/cluster_fields.hpp"

#include <kuberay/ray/cluster.hpp>

#include <algorithm>

namespace kuberay::ray {

kube::resource_type const& cluster::type()
{
    static kube::resource_type const type("ray.io", "v1", "RayCluster", "rayclusters");
    return type;
}

cluster cluster::from_json(json::value const& document) { return read_fields<cluster>(document); }

json::object cluster::to_json() const { return write_document(*this); }

worker_group const* find_worker_group(cluster_spec const& spec, std::string_view name) noexcept
{
    auto const& groups = spec.worker_group_specs;
    auto const found = std::ranges::find(groups, name, &worker_group::group_name);
    return found == groups.end() ? nullptr : &*found;
}

cluster_spec cluster_spec_from_json(json::value const& document) { return read_fields<cluster_spec>(document); }

json::object cluster_spec_to_json(cluster_spec const& spec) { return write_fields(spec); }

}  // namespace kuberay::ray
