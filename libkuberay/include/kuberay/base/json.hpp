#pragma once

#include <kuberay/base/error.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay {

/// Reads one JSON text.
///
/// Integers that fit are int64 or uint64, every other number is the correctly rounded double. At most 512 levels
/// deep. Of equal keys the last wins. Bytes that are no UTF-8 are refused. Errors: `errc::bad_document`; the message
/// names line, column and byte offset of the fault.
result<json::value> parse_json(std::string_view text);

/// Compact JSON, in the order of the keys in `value`; numbers as `to_pretty_json` writes them.
std::string to_json(json::value const& value);

/// How `to_pretty_json` lays out.
struct json_style {
    json_style() = default;
    int indent = 4;           ///< spaces per level
    bool sort_keys = true;    ///< bytewise
    bool escape_html = true;  ///< `<`, `>` and `&` as \u003c and so on
};

/// Indented JSON without trailing newline, as kubectl prints for `-o json`: Go's encoding/json, that is `<`, `>` and `&`
/// escaped, doubles in the shortest form, with exponent below 1e-6 and from 1e21.
std::string to_pretty_json(json::value const& value, json_style style = json_style());

/// The value at a path of object keys and array indices (`spec.containers.0.name`); null when there is none. Keys
/// that hold a dot cannot be reached.
json::value const* find_path(json::value const& root, std::string_view dotted) noexcept;

/// The string at the path; empty when there is none. Lives as long as `root`.
std::string_view string_at(json::value const& root, std::string_view dotted) noexcept;

/// The integer at the path; absent when there is none, or when it does not fit.
std::optional<std::int64_t> int_at(json::value const& root, std::string_view dotted) noexcept;

/// The boolean at the path; absent when there is none.
std::optional<bool> bool_at(json::value const& root, std::string_view dotted) noexcept;

}  // namespace kuberay
