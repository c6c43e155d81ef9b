#pragma once

#include <kuberay/ray/cluster_config.hpp>

#include <boost/json/object.hpp>

namespace kuberay::ray {

/// The amounts of one container; empty and zero: none.
struct container_amounts {
    std::string cpu, memory, gpu, tpu, ephemeral_storage;
    string_map extended;
};

/// What one pod template adds to what the cluster gives to all.
struct pod_parts {
    std::string container;
    container_amounts amounts;
    string_map const& node_selectors;
    string_map const& env;
    json::array const& tolerations;
    bool is_head = false;
};

/// The core/v1 PodTemplateSpec of a head or a worker group. Errors: `errc::bad_input` for a quantity that is none.
json::object pod_template(cluster_config const& config, pod_parts const& parts);

json::object to_object(string_map const& from);

}  // namespace kuberay::ray
