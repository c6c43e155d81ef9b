#pragma once

#include <kuberay/ray/cluster_config.hpp>

#include <boost/json/object.hpp>

namespace kuberay::ray {

/// The RayCluster that `config` describes, ready for `create_cluster` or `to_yaml`. Holds exactly what was asked for:
/// the server's and the operator's defaults are left to them. Quantities in canonical text. Pure.
///
/// Expects a valid config (`validate` empty). Errors: throws `failure`, `errc::bad_input`, for a quantity that is none.
json::object generate_cluster(cluster_config const& config);

/// The `spec` alone, for RayJob and RayService. Errors: as `generate_cluster`.
json::object generate_cluster_spec(cluster_config const& config);

/// One item of `workerGroupSpecs`; `index` names an unnamed group. Errors: as `generate_cluster`.
json::object generate_worker_group(cluster_config const& config, worker_group_config const& group, std::size_t index);

}  // namespace kuberay::ray
