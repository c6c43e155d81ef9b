#pragma once

#include "cli/flags.hpp"

#include <kuberay/ray/scale.hpp>

#include <string>
#include <vector>

namespace cli::commands {

/// `--replicas`, `--min-replicas`, `--max-replicas`, and the worker groups that they are for.
struct group_scales {
    group_scales() = default;
    std::int32_t replicas = -1, least = -1, most = -1;  ///< -1: left as it is

    void declare(flags& on);

    /// One entry for each of `groups`, which may be GROUP or GROUP=REPLICAS. Errors: `usage_error`.
    std::vector<kuberay::ray::group_scale> of(std::vector<std::string> const& groups) const;
};

/// Errors: `usage_error` with everything that contradicts itself.
void check(std::vector<kuberay::ray::group_scale> const& wanted);

}  // namespace cli::commands
