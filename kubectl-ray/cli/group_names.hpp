#pragma once

#include "cli/completion.hpp"

#include <string>

namespace cli {

/// The worker groups of the cluster named by `*cluster` (empty: of every cluster of the namespace). `cluster` outlives
/// the completer.
completer complete_groups(std::string const* cluster);

/// The worker groups of the RayService that is the first positional.
completer complete_service_groups();

/// The Ray pods, of `*cluster` when that is not empty, with their state.
completer complete_nodes(std::string const* cluster);

/// The objects of one kind.
completer complete_jobs();
completer complete_services();
completer complete_cron_jobs();

}  // namespace cli
