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

private:
    std::string provider_, balancer_ = "none";
    kuberay::ray::provider_options options_;
    std::vector<std::string> dependent_;  ///< the flags beside --provider
};

}  // namespace cli::commands
