#pragma once

#include <kuberay/base/text.hpp>

#include <string>
#include <string_view>

namespace cli {

/// The text in double quotes, safe for one line of a terminal.
inline std::string in_quotes(std::string_view text) { return "\"" + kuberay::printable_line(text) + "\""; }

}  // namespace cli
