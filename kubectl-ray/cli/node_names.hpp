#pragma once

#include "cli/completion.hpp"

#include <string>

namespace cli {

/// The first positional is a Ray cluster; no others are known.
completer complete_first_cluster();

/// The first positional is NAME or TYPE/NAME.
completer complete_first_target();

/// For a flag: the pods of the Ray cluster that the first positional names; of all clusters before it is typed.
completer complete_nodes_of_first();

/// For a flag: the containers of the pod `*node`; when that is empty, those of all pods of the cluster that the first
/// positional names. `node` outlives the completer.
completer complete_containers(std::string const* node);

/// `POD:` and `CLUSTER:` for copies; files for a word that is a path.
completer complete_copy_words();

}  // namespace cli
