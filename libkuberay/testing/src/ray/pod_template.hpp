#pragma once

#include "objects.hpp"

namespace kuberay::testing {

/// A pod of the cluster as the operator makes it; `group` empty: the head.
json::object make_ray_pod(json::object const& cluster, json::object const& group_spec, std::string const& group);

/// The head's service.
json::object make_head_service(json::object const& cluster);

std::string head_service_name(json::object const& cluster);

/// What one pod of a template asks for of a resource: requests, else limits, summed over its containers.
std::string resource_of_template(
    json::object const& group_spec, std::string_view resource, std::int64_t pods, std::string const& sum
);

}  // namespace kuberay::testing
