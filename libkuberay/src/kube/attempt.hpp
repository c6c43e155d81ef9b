#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/kube/resource.hpp>

#include <string>
#include <string_view>

namespace kuberay::kube {

/// `reading raycluster "x/demo"`: what is attempted on one object, for messages. An empty name: `creating a raycluster in
/// namespace "x"`.
std::string
attempt_on_object(std::string_view verb, resource_type const& type, std::string_view ns, std::string_view name);

/// `listing rayclusters in namespace "x"`.
std::string attempt_on_collection(std::string_view verb, resource_type const& type, std::string_view ns);

/// The error of a verb with what was attempted before it, and a hint or a clearer sentence where the server's words
/// would leave a person alone. Cancellation stays as it is.
error explained(error const& e, std::string attempt, resource_type const& type);

}  // namespace kuberay::kube
