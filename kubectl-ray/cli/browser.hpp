#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace cli {

/// The programs that may open `url`, best first, each with its arguments: those of $BROWSER (separated by colons, `%s`
/// stands for the URL), else the desktop's. Empty without a desktop. Pure but for the environment of `on`.
std::vector<std::vector<std::string>> browser_commands(context const& on, std::string const& url);

/// Starts the first of them that is there, apart from our terminal, and does not wait for it. False: there is none.
bool open_browser(context const& on, std::string const& url);

}  // namespace cli
