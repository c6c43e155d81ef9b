#pragma once

#include "cli/names.hpp"

#include <chrono>
#include <string>

namespace cli {

/// Errors: `usage_error` when the flag's value is below zero. `flag` is its long name, without dashes.
inline void refuse_negative(std::string const& flag, std::chrono::nanoseconds value)
{
    if (value.count() < 0) throw usage_error("flag --" + flag + " cannot be negative");
}

}  // namespace cli
