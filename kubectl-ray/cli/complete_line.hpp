#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace cli {

/// Answers `__complete WORDS... WORD` and `__completeNoDesc ...`: the protocol of cobra, which kubectl and the shells'
/// scripts speak. Silent about every failure: no candidates then. Always 0.
int complete_line(process from, command_node const& root, std::vector<std::string> arguments);

}  // namespace cli
