#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace cli {

/// Runs one command line (without the program's name) to its end and returns what the process ends with. Everything it
/// prints goes to `from`; nothing is thrown but defects.
int run_program(process from, command_node const& root, std::vector<std::string> arguments);

/// The message of an error as the program prints it: `Error: ...`, then the hint on a line of its own. Pure.
std::string error_lines(error const& what);

/// Exit code of a command that failed this way. Pure.
exit_code code_of(error const& what) noexcept;

}  // namespace cli
