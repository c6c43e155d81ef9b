#pragma once

#include <kuberay/ray/doctor.hpp>

namespace kuberay::ray {

/// What each command may do in `ns`, by SelfSubjectAccessReview: one finding for all that is allowed, one for each
/// command that lacks a right.
task<std::vector<finding>> check_permissions(kube::client on, std::string ns);

}  // namespace kuberay::ray
