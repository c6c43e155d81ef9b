#pragma once

#include <kuberay/base/quantity.hpp>
#include <kuberay/kube/core.hpp>

#include <boost/json/object.hpp>

#include <string_view>

namespace kuberay::ray {

inline constexpr std::string_view gpu_resource = "nvidia.com/gpu", tpu_resource = "google.com/tpu";

/// What one container asks for; its limit where there is no request.
quantity amount_of(kube::resource_requirements const& resources, std::string_view name);

/// What a pod made of `pod_template` asks for in all: its containers, without init containers. A template that is odd
/// asks for nothing.
quantity amount_of(json::object const& pod_template, std::string_view name);

}  // namespace kuberay::ray
