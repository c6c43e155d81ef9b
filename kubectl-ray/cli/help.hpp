#pragma once

#include "cli/command.hpp"

#include <string>
#include <string_view>

namespace cli {

/// The help page of a command or of a group of commands. Pure.
std::string help_text(found_command const& of, flags const& declared, std::string_view program, std::size_t width);

/// What follows a command's name: its words, and where flags may stand. Pure.
std::string usage_words(flags const& declared);

}  // namespace cli
