#pragma once

#include "objects.hpp"

namespace kuberay::testing {

/// A RayJob's cluster and states, as far as Running; what it runs is not looked at.
void reconcile_job(api_server server, object_name const& name);

/// A RayService's cluster, services and state.
void reconcile_service(api_server server, object_name const& name);

}  // namespace kuberay::testing
