#pragma once

#include "cluster_reconciler.hpp"
#include "objects.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace kuberay::testing {

/// One step of a RayJob through its states, as the operator does it. Returns when to look again without a change.
std::optional<std::chrono::seconds>
reconcile_job(api_server server, operator_settings& settings, object_name const& name);

/// A RayService's cluster, services and state.
void reconcile_service(api_server server, object_name const& name);

/// The RayCluster that belongs to a RayJob or RayService, with the spec at a dotted path.
json::object make_owned_cluster(json::object const& owner, std::string const& spec_path, std::string const& name);

/// Why the operator does not take a RayJob; empty when it does.
std::string job_fault(json::object const& job);

json::object status_of(json::object const& object);

}  // namespace kuberay::testing
