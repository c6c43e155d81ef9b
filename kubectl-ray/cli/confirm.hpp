#pragma once

#include "cli/context.hpp"

#include <string>

namespace cli {

/// Puts a question on stderr and reads the answer: y or yes is true; n or no is said to be cancelled, and is false.
///
/// Errors: `errc::bad_input` for every other answer and for the end of input: nothing is to be done then.
bool confirmed(context const& on, std::string const& question);

}  // namespace cli
