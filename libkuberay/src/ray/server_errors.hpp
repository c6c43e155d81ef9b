#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/kube/resource.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// The paths of "field not declared in schema" in a server's message (`.spec.foo`), in order.
std::vector<std::string> undeclared_fields(std::string_view message);

/// The server's refusal in words that help: a resource that is not served (KubeRay is not installed), fields that the
/// installed CRD does not have (`errc::bad_input`). Anything else is returned as it is.
error explain(error const& from, kube::resource_type const& type);

}  // namespace kuberay::ray
