#pragma once

#include "cli/flags.hpp"
#include "commands/submit_flags.hpp"

#include <map>
#include <string>
#include <string_view>

namespace cli::commands {

/// Help and examples of the two forms.
void describe_submission(flags& on, submit_form form);

/// Reads a JSON object of texts, or of numbers. Errors: `errc::bad_input`. Pure.
result<void> read_map(std::string_view text, std::map<std::string, std::string>& into);
result<void> read_map(std::string_view text, std::map<std::string, double>& into);

/// What is wrong with the name of a RayJob or RayCronJob (a DNS-1035 label of at most `longest` characters); empty:
/// nothing. Pure.
std::string job_name_fault(std::string_view name, std::size_t longest);

}  // namespace cli::commands
