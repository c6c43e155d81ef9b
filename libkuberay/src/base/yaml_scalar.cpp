#include "base/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

namespace kuberay {
namespace {

using type = yaml_scalar::type;

constexpr std::array<std::string_view, 11> true_words{"y",    "Y",    "yes", "Yes", "YES", "true",
                                                      "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> false_words{"n",     "N",     "no",  "No",  "NO", "false",
                                                       "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> null_words{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 12> special_floats{".nan",  ".NaN",  ".NAN",  ".inf",  ".Inf",  ".INF",
                                                          "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};

template <std::size_t N>
bool is_one_of(std::string_view text, std::array<std::string_view, N> const& words)
{
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool take(std::string_view& text, std::string_view any_of)
{
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::size_t skip_digits(std::string_view& text)
{
    auto const end = std::find_if_not(text.begin(), text.end(), is_digit);
    auto const count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
}

// One or two digits, at most `most`.
std::optional<unsigned> take_small(std::string_view& text, unsigned most)
{
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    unsigned value = 0;
    for (int i = 0; i < 2 && !text.empty() && is_digit(text.front()); ++i) {
        value = value * 10 + static_cast<unsigned>(text.front() - '0');
        text.remove_prefix(1);
    }
    if (value > most) return std::nullopt;
    return value;
}

bool is_clock(std::string_view& text)
{
    if (!take_small(text, 23) || !take(text, ":") || !take_small(text, 59) || !take(text, ":")) return false;
    if (!take_small(text, 59)) return false;
    if (text.size() >= 2 && (text[0] == '.' || text[0] == ',') && is_digit(text[1])) {
        text.remove_prefix(1);
        skip_digits(text);
    }
    return true;
}

bool is_zone(std::string_view text)
{
    if (text == "Z") return true;
    if (text.size() != 6 || !take(text, "+-")) return false;
    return take_small(text, 24) && take(text, ":") && take_small(text, 59) && text.empty();
}

bool is_timestamp(std::string_view text)
{
    std::string_view const year = text.substr(0, 4);
    if (skip_digits(text) != 4 || !take(text, "-")) return false;
    auto const month = take_small(text, 12);
    if (!month || !take(text, "-")) return false;
    auto const day = take_small(text, 31);
    if (!day) return false;
    int years = 0;
    std::from_chars(year.data(), year.data() + year.size(), years);
    if (!std::chrono::year_month_day(std::chrono::year(years), std::chrono::month(*month), std::chrono::day(*day)).ok())
        return false;
    if (text.empty()) return true;
    if (take(text, " ")) return is_clock(text) && text.empty();
    return take(text, "Tt") && is_clock(text) && is_zone(text);
}

// Integers with the prefixes of Go: 0x, 0o, 0b, and 0 for octal.
std::optional<json::value> integer_of(std::string_view text)
{
    bool const sign = !text.empty() && (text.front() == '-' || text.front() == '+');
    bool const negative = sign && text.front() == '-';
    if (sign) text.remove_prefix(1);
    int base = 10;
    if (text.size() >= 2 && text.front() == '0') {
        char const mark = static_cast<char>(text[1] | 0x20);
        base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        text.remove_prefix(base == 8 && mark != 'o' ? 1 : 2);
    }
    std::uint64_t magnitude = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (negative) {
        if (magnitude > most + 1) return std::nullopt;
        return json::value(static_cast<std::int64_t>(-magnitude));
    }
    if (magnitude <= most) return json::value(static_cast<std::int64_t>(magnitude));
    // Go reads a signed text as int64 only.
    if (sign) return std::nullopt;
    return json::value(magnitude);
}

bool has_float_form(std::string_view text)
{
    take(text, "+-");
    std::size_t const before = skip_digits(text);
    std::size_t after = 0;
    if (take(text, ".")) {
        after = skip_digits(text);
        if (before == 0 && after == 0) return false;
    } else if (before == 0) {
        return false;
    }
    if (text.empty()) return true;
    if (!take(text, "eE")) return false;
    take(text, "+-");
    return skip_digits(text) > 0 && text.empty();
}

std::optional<json::value> float_of(std::string_view text)
{
    if (!has_float_form(text)) return std::nullopt;
    if (text.front() == '+') text.remove_prefix(1);
    double value = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc()) return json::value(value);
    // Out of range: too small is zero, too large is no number.
    auto const exponent = text.find_first_of("eE");
    bool const tiny = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    if (!tiny) return std::nullopt;
    return json::value(0.0);
}

// Numbers in base 60 (1:30): not read as such, but other readers of YAML 1.1 do.
bool is_base_60(std::string_view text)
{
    take(text, "+-");
    if (text.empty() || !is_digit(text.front())) return false;
    auto const skip = [&] {
        auto const end = std::min(text.find_first_not_of("0123456789_"), text.size());
        text.remove_prefix(end);
    };
    skip();
    bool found = false;
    while (take(text, ":")) {
        auto const part = take_small(text, 59);
        if (!part) return false;
        found = true;
    }
    if (take(text, ".")) skip();
    return found && text.empty();
}

}  // namespace

yaml_scalar resolve_yaml_scalar(std::string_view text)
{
    if (is_one_of(text, null_words)) return {type::null, nullptr};
    if (is_one_of(text, true_words)) return {type::boolean, true};
    if (is_one_of(text, false_words)) return {type::boolean, false};
    if (is_one_of(text, special_floats)) return {type::floating, nullptr};
    char const first = text.front();
    if (first == '.') {
        auto number = float_of(text);
        return number ? yaml_scalar{type::floating, std::move(*number)} : yaml_scalar();
    }
    if (!is_digit(first) && first != '+' && first != '-') return yaml_scalar();
    if (is_timestamp(text)) return {type::timestamp, nullptr};
    std::string plain(text);
    std::erase(plain, '_');
    if (auto number = integer_of(plain)) return {type::integer, std::move(*number)};
    if (auto number = float_of(plain)) return {type::floating, std::move(*number)};
    return yaml_scalar();
}

bool needs_yaml_quotes(std::string_view text)
{
    return resolve_yaml_scalar(text).kind != type::string || is_base_60(text) || text == "<<";
}

}  // namespace kuberay
