#pragma once

#include <kuberay/kube/core.hpp>
#include <kuberay/ray/wait.hpp>

#include <vector>

namespace kuberay::ray {

/// Why `pod` is not ready: not schedulable, evicted, containers that cannot start or died. Empty for a pod that is
/// merely starting.
std::vector<pod_trouble> troubles_of(kube::pod const& pod);

/// True for a reason that no waiting heals.
bool is_hopeless(pod_trouble const& trouble) noexcept;

}  // namespace kuberay::ray
