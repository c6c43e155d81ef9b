#pragma once

#include "kube/process_environment.hpp"

#include <kuberay/kube/config.hpp>

namespace kuberay::kube {

/// `load_config` with everything it reads given.
config load_config_from(load_options const& options, process_environment const& from);

/// `load_names` with everything it reads given.
kubeconfig_names load_names_from(load_options const& options, process_environment const& from);

}  // namespace kuberay::kube
