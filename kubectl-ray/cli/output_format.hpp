#pragma once

#include "cli/flags.hpp"
#include "cli/jsonpath.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cli {

enum class output_kind { table, wide, json, yaml, name, jsonpath, custom_columns };

/// `-o`, taken apart.
struct output_format {
    output_format() = default;
    output_kind kind = output_kind::table;
    std::optional<json_path> path;                           ///< jsonpath
    std::vector<std::pair<std::string, json_path>> columns;  ///< custom-columns: title, path

    bool is_table() const noexcept { return kind == output_kind::table || kind == output_kind::wide; }
};

/// Errors: `errc::bad_input` naming what is accepted, or what is wrong in an expression. Pure.
result<output_format> parse_output_format(std::string_view text);

/// The flags that say how objects are shown.
struct output_flags {
    output_flags() = default;
    std::string text, sort_by;
    bool no_headers = false, show_labels = false, show_managed_fields = false;

    output_format format;               ///< by `complete`
    std::optional<json_path> sort_key;  ///< by `complete`

    void declare(flags& on);

    /// Errors: `usage_error`.
    void complete();
};

}  // namespace cli
