#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay {

/// Text from the cluster made safe for a terminal: control characters but newline and tab are shown in caret form
/// (ESC as `^[`), C1 controls and bidirectional overrides as `<U+XXXX>`, bytes that are no UTF-8 as U+FFFD.
std::string printable(std::string_view text);

/// The same for text that must stay on one line: newline and tab are shown in caret form too.
std::string printable_line(std::string_view text);

/// The number of code points.
std::size_t display_width(std::string_view text) noexcept;

/// The number of single-character insertions, removals, replacements and swaps of neighbours from `a` to `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidates that a person who typed `word` may have meant: within `max_distance` edits, or beginning with
/// `word`. Best first, then in the order given; at most three.
std::vector<std::string>
nearest(std::string_view word, std::vector<std::string> const& candidates, std::size_t max_distance = 2);

/// Lower-case letters, digits and '-' in labels joined by '.', at most 253 characters (RFC 1123 as Kubernetes).
bool is_dns1123_subdomain(std::string_view text) noexcept;

/// The same for one label of at most 63 characters.
bool is_dns1123_label(std::string_view text) noexcept;

/// A label that begins with a letter (RFC 1035): the names of services.
bool is_dns1035_label(std::string_view text) noexcept;

/// True when `name` can stand as one segment of a request path: not empty, not `.` or `..`, without '/', '%' and
/// control characters.
bool is_safe_path_segment(std::string_view name) noexcept;

std::string join(std::vector<std::string> const& parts, std::string_view separator);

/// The parts between separators, empty ones included; one empty part for an empty text.
std::vector<std::string> split(std::string_view text, char separator);

/// Without ASCII white space at both ends.
std::string_view trim(std::string_view text) noexcept;

/// ASCII only.
std::string to_lower(std::string_view text);

}  // namespace kuberay
