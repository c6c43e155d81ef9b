#pragma once

#include <kuberay/testing/api_server.hpp>

namespace playground {

/// Stores RayClusters `sample-0` and so on in the namespace default. More than 20 are complete objects, status
/// included, that no operator looks after.
void add_clusters(kuberay::testing::api_server server, int count);

}  // namespace playground
