#include "base/quote.hpp"

#include <kuberay/base/time.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace kuberay {
namespace {

using std::chrono::nanoseconds;

struct unit {
    std::string_view name;
    std::uint64_t nanos;
};

// Both spellings of the micro sign are accepted, as in Go.
constexpr std::array units{
    unit{"ns", 1},         unit{"us", 1'000},        unit{"\xc2\xb5s", 1'000},  unit{"\xce\xbcs", 1'000},
    unit{"ms", 1'000'000}, unit{"s", 1'000'000'000}, unit{"m", 60'000'000'000}, unit{"h", 3'600'000'000'000},
};

constexpr std::uint64_t most = std::uint64_t(1) << 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

error refused(std::string_view text, std::string const& why)
{
    return error(errc::bad_input, "invalid duration " + quoted(text) + ": " + why)
        .with_hint("write a number and a unit, such as 30s, 5m or 1h30m");
}

// A number with its unit off the front of `text`. `whole` is the complete text, for messages.
result<std::uint64_t> take_part(std::string_view& text, std::string_view whole)
{
    std::uint64_t integer = 0, fraction = 0;
    double scale = 1;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) {
        if (integer > most / 10) return refused(whole, "it is longer than 292 years");
        integer = integer * 10 + static_cast<std::uint64_t>(text[at] - '0');
    }
    std::size_t digits = at;
    if (at < text.size() && text[at] == '.') {
        for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
            if (fraction > most / 10 - 1) continue;  // further digits change nothing
            fraction = fraction * 10 + static_cast<std::uint64_t>(text[at] - '0');
            scale *= 10;
        }
    }
    if (digits == 0) return refused(whole, "a number was expected at " + quoted(text));
    text.remove_prefix(at);

    std::size_t length = 0;
    while (length < text.size() && text[length] != '.' && !is_digit(text[length]))
        ++length;
    std::string_view const name = text.substr(0, length);
    if (name.empty()) return refused(whole, "the unit is missing");
    for (auto const& known : units) {
        if (known.name != name) continue;
        text.remove_prefix(length);
        if (integer > most / known.nanos) return refused(whole, "it is longer than 292 years");
        // In floating point, as Go: a third of an hour written with many digits is 20 minutes.
        auto const part = static_cast<double>(fraction) * (static_cast<double>(known.nanos) / scale);
        std::uint64_t const nanos = integer * known.nanos + static_cast<std::uint64_t>(part);
        if (nanos > most) return refused(whole, "it is longer than 292 years");
        return nanos;
    }
    return refused(whole, "unknown unit " + quoted(name));
}

}  // namespace

result<nanoseconds> parse_duration(std::string_view text)
{
    std::string_view const whole = text;
    bool const negative = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    if (text == "0") return nanoseconds(0);
    if (text.empty()) return refused(whole, whole.empty() ? "it is empty" : "a number was expected");
    std::uint64_t sum = 0;
    while (!text.empty()) {
        auto const part = take_part(text, whole);
        if (!part) return part.error();
        sum += *part;  // no overflow: both are at most 2^63
        if (sum > most) return refused(whole, "it is longer than 292 years");
    }
    if (negative) return nanoseconds(static_cast<std::int64_t>(-sum));
    if (sum == most) return refused(whole, "it is longer than 292 years");
    return nanoseconds(static_cast<std::int64_t>(sum));
}

std::string format_duration(nanoseconds duration)
{
    if (duration.count() == 0) return "0s";
    bool const negative = duration.count() < 0;
    auto const value = static_cast<std::uint64_t>(duration.count());
    std::uint64_t const total = negative ? -value : value;
    constexpr std::uint64_t second = 1'000'000'000;

    // `nanos` in a unit of `size` nanoseconds, with the fraction that it needs.
    auto const decimal = [](std::uint64_t nanos, std::uint64_t size) {
        std::string text = std::to_string(nanos / size);
        if (std::uint64_t const rest = nanos % size; rest != 0) {
            std::string const digits = std::to_string(rest + size).substr(1);
            text += "." + digits.substr(0, digits.find_last_not_of('0') + 1);
        }
        return text;
    };

    std::string text = negative ? "-" : "";
    if (total < 1'000) return text + decimal(total, 1) + "ns";
    if (total < 1'000'000) return text + decimal(total, 1'000) + "\xc2\xb5s";
    if (total < second) return text + decimal(total, 1'000'000) + "ms";
    std::uint64_t const minutes = total / (60 * second), hours = minutes / 60;
    if (hours > 0) text += std::to_string(hours) + "h";
    if (minutes > 0) text += std::to_string(minutes % 60) + "m";
    return text + decimal(total % (60 * second), second) + "s";
}

}  // namespace kuberay
