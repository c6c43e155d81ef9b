#pragma once

#include "cli/flags.hpp"

#include <kuberay/ray/provider.hpp>

#include <string>

namespace cli::commands {

/// `--provider` and the flags that only make sense with it.
struct provider_flags {
    provider_flags() = default;

    void declare(flags& on);

    /// Adds the provider's parts to `config`. Errors: `usage_error` for what does not fit the provider, or was given
    /// without one.
    void add_to(kuberay::ray::cluster_config& config, flags const& given) const;

    /// Whether the selectors of a TPU came from flags of their own.
    bool gives_tpu() const { return !options_.tpu_accelerator.empty() || !options_.tpu_topology.empty(); }

private:
    std::string provider_, balancer_ = "none";
    kuberay::ray::provider_options options_;
    std::vector<std::string> dependent_;  ///< the flags beside --provider
};

}  // namespace cli::commands
