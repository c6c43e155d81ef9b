#pragma once

#include <kuberay/ray/session.hpp>

#include <string>

namespace kuberay::ray {

/// What the status of a target says of its cluster.
struct cluster_state {
    cluster_state() = default;
    std::string cluster, service;
    bool is_over = false;  ///< it will never have one (again)
    std::string state;     ///< for a person
};

/// The state with cluster and head service known. Errors: as `find_head_service`.
task<cluster_state> state_with_service(kube::client on, std::string ns, target what);

/// `reason::unavailable`: what is not there now may be later. Pure.
error not_available_yet(std::string sentence);

}  // namespace kuberay::ray
