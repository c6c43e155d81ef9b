#pragma once

#include "cli/context.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace cli::commands {

/// Shows on stderr how many pods of the worker groups are ready until all are, then says so on stdout.
/// Errors: those of `ray::wait_groups_ready`.
task<void> wait_for_groups(
    context on, std::string ns, std::string cluster, std::vector<std::string> groups, std::chrono::nanoseconds limit
);

}  // namespace cli::commands
