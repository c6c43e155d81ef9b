#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/core.hpp>

#include <string>

namespace kuberay::ray {

/// The pod of a Ray cluster that somebody wants to work in: `node` by name, or the head when that is empty (a ready one
/// first, else one that runs).
///
/// Errors: `reason::not_found` when there is no such cluster, or `node` is no pod of it; `reason::unavailable` when the
/// pod does not run (yet), saying what it does. Cancellation: terminal.
task<kube::pod> find_node(kube::client on, std::string ns, std::string cluster, std::string node = std::string());

}  // namespace kuberay::ray
