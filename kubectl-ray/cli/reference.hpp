#pragma once

#include "cli/command.hpp"

#include <string>
#include <string_view>

namespace cli {

/// The reference of all commands in Markdown, made of the same declarations as help: docs/commands.md. Pure.
std::string reference_text(command_node const& root, std::string_view program);

}  // namespace cli
