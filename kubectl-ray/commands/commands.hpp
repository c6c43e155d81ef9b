#pragma once

#include "cli/command.hpp"

#include <memory>

/// The commands. Each file in this folder makes one; `root` puts them under the words of both grammars.
namespace cli::commands {

std::unique_ptr<command> make_completion();
std::unique_ptr<command> make_create_cluster();
std::unique_ptr<command> make_delete();
std::unique_ptr<command> make_delete_cluster();
std::unique_ptr<command> make_get_cluster();
std::unique_ptr<command> make_version();

command_node const& root();

}  // namespace cli::commands
