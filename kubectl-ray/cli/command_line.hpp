#pragma once

#include "cli/flags.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cli {

/// One flag as it stood on the command line.
struct flag_use {
    flag_use() = default;
    flag* which = nullptr;
    std::string text;
};

/// A command line taken apart by the grammar of pflag (reference 1.3).
struct command_line {
    command_line() = default;
    std::vector<flag_use> uses;
    std::vector<std::string> words;      ///< positionals
    std::optional<std::size_t> dash_at;  ///< how many of `words` stood before `--`
    flag* open = nullptr;                ///< the last word is a flag that still needs its value
    std::string fault, fault_hint;       ///< where the grammar broke off; empty: nowhere
};

/// Splits `arguments` without looking at values. Pure but for the pointers into `on`.
command_line take_apart(flags& on, std::vector<std::string> const& arguments);

/// Takes `arguments` apart and stores every value, in order.
///
/// Errors: throws `usage_error` for the first thing that is wrong: unknown long or short flag, missing value, malformed
/// flag, bad value.
command_line read_command_line(flags& on, std::vector<std::string> const& arguments);

/// Checks the number of positionals, then the required flags, and hands the positionals over. Errors: `usage_error`.
void check_command_line(flags& on, command_line const& line);

/// Stores the value of one flag. Errors: throws `usage_error` naming flag, text and cause.
void store(flag& into, std::string const& text);

}  // namespace cli
