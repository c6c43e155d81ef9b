#include "cli/values.hpp"

#include "cli/names.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>

#include <charconv>
#include <cmath>
#include <system_error>

namespace cli {
namespace {

template <class Int>
Int whole_number(std::string_view text, char const* range)
{
    std::string_view digits = text;
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    Int value{};
    auto const [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    bool const whole = end == digits.data() + digits.size() && !digits.empty();
    if (whole && code == std::errc::result_out_of_range) throw bad_value{std::string("out of range, ") + range};
    if (!whole || code != std::errc()) throw bad_value{"not a whole number"};
    return value;
}

// One CSV record as Go's encoding/csv reads it: fields between commas, quoted when they hold one.
std::vector<std::string> csv_fields(std::string_view text)
{
    std::vector<std::string> fields;
    std::string field;
    bool quoted = false, was_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (quoted) {
            if (c != '"')
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else
                quoted = false;
        } else if (c == ',') {
            fields.push_back(std::exchange(field, std::string()));
            was_quoted = false;
        } else if (c == '"' && field.empty() && !was_quoted) {
            quoted = was_quoted = true;
        } else if (c == '"' || was_quoted) {
            throw bad_value{"a stray double quote in the list of pairs"};
        } else {
            field += c;
        }
    }
    if (quoted) throw bad_value{"a double quote is not closed"};
    fields.push_back(std::move(field));
    return fields;
}

std::string_view without_outer_quotes(std::string_view text)
{
    while (!text.empty() && text.front() == '"')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == '"')
        text.remove_suffix(1);
    return text;
}

void add_pair(string_map& into, std::string_view pair)
{
    std::size_t const equals = pair.find('=');
    if (equals == std::string_view::npos)
        throw bad_value{"\"" + kuberay::printable_line(pair) + "\" must have the form key=value"};
    into.insert_or_assign(std::string(pair.substr(0, equals)), std::string(pair.substr(equals + 1)));
}

}  // namespace

void assign(bool& into, std::string_view text)
{
    for (char const* yes : {"1", "t", "T", "true", "TRUE", "True"})
        if (text == yes) return void(into = true);
    for (char const* no : {"0", "f", "F", "false", "FALSE", "False"})
        if (text == no) return void(into = false);
    throw bad_value{"not true or false"};
}

void assign(std::string& into, std::string_view text) { into = text; }

void assign(std::int32_t& into, std::string_view text)
{
    into = whole_number<std::int32_t>(text, "it must lie between -2147483648 and 2147483647");
}

void assign(std::int64_t& into, std::string_view text)
{
    into = whole_number<std::int64_t>(text, "it must fit into 64 bits");
}

void assign(float& into, std::string_view text)
{
    float value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc::result_out_of_range) throw bad_value{"out of range for a 32 bit number"};
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        throw bad_value{"not a number"};
    into = value;
}

void assign(std::chrono::nanoseconds& into, std::string_view text)
{
    result<std::chrono::nanoseconds> const parsed = kuberay::parse_duration(text);
    if (parsed.has_error()) throw bad_value{parsed.error().message()};
    into = *parsed;
}

void assign(std::vector<std::string>& into, std::string_view text) { into.emplace_back(text); }

void assign(string_map& into, std::string_view text)
{
    std::size_t equals = 0;
    for (char const c : text)
        equals += c == '=' ? 1 : 0;
    if (equals <= 1) return add_pair(into, without_outer_quotes(text));
    for (std::string const& field : csv_fields(text))
        add_pair(into, field);
}

std::string default_text(bool value) { return value ? "true" : ""; }

std::string default_text(std::string const& value) { return value.empty() ? std::string() : "\"" + value + "\""; }

std::string default_text(std::int32_t value) { return value == 0 ? std::string() : std::to_string(value); }

std::string default_text(std::int64_t value) { return value == 0 ? std::string() : std::to_string(value); }

std::string default_text(float) { return std::string(); }

std::string default_text(std::chrono::nanoseconds value)
{
    return value.count() == 0 ? std::string() : kuberay::format_duration(value);
}

std::string default_text(std::vector<std::string> const&) { return std::string(); }

std::string default_text(string_map const&) { return std::string(); }

}  // namespace cli
