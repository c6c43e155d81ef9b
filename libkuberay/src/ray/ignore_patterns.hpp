#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// Patterns of ignore files as Ray's own client applies them: the "gitwildmatch" rules of pathspec 0.8.1, which are not
/// git's. The last pattern that matches decides; `!` takes back. A path has no trailing slash, so `data/` matches what is
/// in `data` and not the folder; a negated pattern does not reach below a folder; white space is cut on both sides.
///
/// A handle; copies share. Thread safety: immutable.
class ignore_patterns {
public:
    ignore_patterns() = default;

    /// One pattern per line; blank lines and those with `#` match nothing. Errors: `errc::bad_input`, naming `source`
    /// and the line, for what Ray's client breaks on: a `!` or a backslash alone, a range that runs backwards.
    ignore_patterns(std::vector<std::string> const& lines, std::string const& source);

    /// True when `path` is to be left out: relative, components separated by '/'; "." is the folder itself.
    bool exclude(std::string_view path) const;

private:
    struct pattern;
    std::shared_ptr<std::vector<pattern> const> patterns_;
};

/// The lines of an ignore file, which end with "\n", "\r\n" or "\r".
std::vector<std::string> ignore_lines(std::string_view text);

}  // namespace kuberay::ray
