#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli::golden {

/// One part of a golden file: `=== NAME ARGUMENT`, then its text up to the next one.
struct section {
    section() = default;
    std::string name, argument, text;
};

/// A golden file: what is on the server, command lines, and the bytes they must give. See tests/cli/README.md.
struct file {
    file() = default;
    std::vector<section> sections;
};

/// Errors: throws `std::runtime_error` for text before the first section.
file parse(std::string_view text);

std::string to_text(file const& of);

/// Words as a shell splits them: single and double quotes, backslash. `$NAME` is replaced from `values`.
std::vector<std::string>
split_words(std::string_view line, std::vector<std::pair<std::string, std::string>> const& values);

/// Every `first` of `values` in `text` replaced by `second`.
std::string replaced(std::string text, std::vector<std::pair<std::string, std::string>> const& values);

}  // namespace cli::golden
