#include "cli/output_format.hpp"

#include <kuberay/base/text.hpp>

namespace cli {
namespace {

constexpr char const* accepted = "table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=TITLE:PATH,...";

std::optional<output_kind> plain_kind(std::string_view text)
{
    if (text.empty() || text == "table") return output_kind::table;
    if (text == "wide") return output_kind::wide;
    if (text == "json") return output_kind::json;
    if (text == "yaml") return output_kind::yaml;
    if (text == "name") return output_kind::name;
    return std::nullopt;
}

error refused(std::string what) { return error(errc::bad_input, std::move(what)); }

// Commas inside brackets belong to the path.
std::vector<std::string> column_texts(std::string_view text)
{
    std::vector<std::string> all(1);
    int depth = 0;
    for (char const c : text) {
        depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
        if (c == ',' && depth == 0)
            all.emplace_back();
        else
            all.back() += c;
    }
    return all;
}

result<output_format> custom_columns(std::string_view text)
{
    output_format format;
    format.kind = output_kind::custom_columns;
    for (std::string const& column : column_texts(text)) {
        std::size_t const colon = column.find(':');
        if (colon == std::string::npos || colon == 0 || colon + 1 == column.size())
            return refused("custom column \"" + kuberay::printable_line(column) + "\" must have the form TITLE:PATH");
        result<json_path> path = json_path::parse_relaxed(std::string_view(column).substr(colon + 1));
        if (path.has_error()) return path.error();
        format.columns.emplace_back(column.substr(0, colon), std::move(*path));
    }
    return format;
}

}  // namespace

result<output_format> parse_output_format(std::string_view text)
{
    output_format format;
    if (std::optional<output_kind> const plain = plain_kind(text)) {
        format.kind = *plain;
        return format;
    }
    std::size_t const equals = text.find('=');
    std::string_view const kind = text.substr(0, equals);
    bool const has_expression = equals != std::string_view::npos && equals + 1 < text.size();
    if (kind == "custom-columns" && has_expression) return custom_columns(text.substr(equals + 1));
    if (kind == "jsonpath" && has_expression) {
        result<json_path> path = json_path::parse(text.substr(equals + 1));
        if (path.has_error()) return path.error();
        format.kind = output_kind::jsonpath;
        format.path = std::move(*path);
        return format;
    }
    return refused(std::string("must be one of ") + accepted);
}

void output_flags::declare(flags& on)
{
    on.group(flag_group::output);
    flag& output = on.value("output", 'o', &text, std::string("How to show what was found: ") + accepted + ".");
    std::vector<candidate> offered;
    for (char const* kind : {"table", "wide", "json", "yaml", "name", "jsonpath=", "custom-columns="})
        offered.emplace_back(kind);
    output.completes = complete_choices(std::move(offered));
    on.toggle("no-headers", 0, &no_headers, "Tables without their first line.");
    on.toggle("show-labels", 0, &show_labels, "Add a column with all labels.");
    on.toggle("show-managed-fields", 0, &show_managed_fields, "Keep metadata.managedFields in JSON and YAML.");
    on.value("sort-by", 0, &sort_by, "Order by what this JSONPath selects, as {.metadata.creationTimestamp}.");
    on.group(flag_group::command);
}

void output_flags::complete()
{
    result<output_format> parsed = parse_output_format(text);
    if (parsed.has_error())
        throw usage_error(
            "bad value \"" + kuberay::printable_line(text) + "\" for flag -o, --output: " + parsed.error().message()
        );
    format = std::move(*parsed);
    if (sort_by.empty()) return;
    result<json_path> key = json_path::parse_relaxed(sort_by);
    if (key.has_error()) throw usage_error("bad value for flag --sort-by: " + key.error().message());
    sort_key = std::move(*key);
}

}  // namespace cli
