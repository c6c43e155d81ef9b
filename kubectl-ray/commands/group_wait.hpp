#pragma once

#include "cli/context.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace cli::commands {

/// The names of the worker groups in a RayCluster.
std::vector<std::string> groups_of(boost::json::object const& cluster);

/// Shows on stderr how many pods of the worker groups are ready until all are, then says so on stdout.
/// Errors: those of `ray::wait_groups_ready`.
task<void> wait_for_groups(
    context on, std::string ns, std::string cluster, std::vector<std::string> groups, std::chrono::nanoseconds limit
);

}  // namespace cli::commands
