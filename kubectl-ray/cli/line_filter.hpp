#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace cli {

/// Which lines a person wants to see: those with a match of an extended regular expression (POSIX, as `grep -E`).
///
/// The system's matcher, used anchored, passes over the line once and without recursion, whatever the expression;
/// std::regex does neither, and a library for it alone would be one more dependency. Back-references would break that and
/// are refused. A value; copies share.
class line_filter {
public:
    /// Matches every line.
    line_filter() = default;

    /// Errors: throws `failure`, `errc::bad_input`, with what is wrong with the expression.
    explicit line_filter(std::string const& expression);

    /// Any bytes, zeros too.
    bool matches(std::string_view line) const;

private:
    struct compiled;
    std::shared_ptr<compiled const> compiled_;
};

}  // namespace cli
