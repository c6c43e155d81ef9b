#pragma once

#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>

#include <functional>
#include <map>
#include <string>

namespace kuberay::ray {

using pods_by_name = std::map<std::string, kube::pod>;

/// Follows the pods that `selector` chooses until `done` says so; it sees them first when all are known, then after
/// every change. It may throw `failure` to end the wait. Errors: those of a watch.
task<void>
follow_pods_until(kube::api<kube::pod> in, std::string selector, std::function<bool(pods_by_name const& pods)> done);

}  // namespace kuberay::ray
