#pragma once

#include "kube/process_environment.hpp"

#include <kuberay/kube/config.hpp>

#include <optional>

namespace kuberay::kube {

/// The configuration of a process in a pod: the service's address from the environment, the mounted token, CA and
/// namespace. Absent when this is no pod. Source: client-go rest.InClusterConfig, clientcmd.inClusterClientConfig.
std::optional<config> in_cluster_config(load_options const& options, process_environment const& from);

}  // namespace kuberay::kube
