#pragma once

#include <string_view>

namespace cli::commands {

/// What each shell needs to ask `kubectl-ray __complete` for candidates.
extern std::string_view const bash_script, zsh_script, fish_script, powershell_script;

}  // namespace cli::commands
