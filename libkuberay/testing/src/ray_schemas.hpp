#pragma once

#include <string_view>

namespace kuberay::testing {

/// The shapes of the ray.io/v1 kinds (KubeRay 1.6), in the notation of `schema`: one object of named schemas. Pod
/// templates are only looked at where clients depend on it.
std::string_view ray_schemas() noexcept;

}  // namespace kuberay::testing
