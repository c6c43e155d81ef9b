#include <kuberay/base/time.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace kuberay {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// Reads exactly `digits` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (char const c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char a, char b)
{
    if (text.empty() || (text.front() != a && text.front() != b)) return false;
    text.remove_prefix(1);
    return true;
}

// The digits after '.', as nanoseconds; 0 without a fraction.
std::optional<std::int64_t> take_fraction(std::string_view& text)
{
    if (!take(text, '.', '.')) return 0;
    std::int64_t value = 0;
    std::int64_t unit = 100'000'000;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        value += (text[digits] - '0') * unit;
        unit /= 10;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text)
{
    if (take(text, 'Z', 'z')) return std::chrono::minutes(0);
    bool const west = !text.empty() && text.front() == '-';
    if (!take(text, '+', '-')) return std::nullopt;
    auto const hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ':', ':')) return std::nullopt;
    auto const minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    auto const offset = std::chrono::minutes(*hours * 60 + *minutes);
    return west ? -offset : offset;
}

void append_padded(std::string& to, std::int64_t value, std::size_t width)
{
    std::string const digits = std::to_string(value);
    if (digits.size() < width) to.append(width - digits.size(), '0');
    to += digits;
}

std::string format(timestamp at, bool fraction)
{
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date(day);
    auto const whole = std::chrono::floor<seconds>(at);
    std::chrono::hh_mm_ss const clock(whole - day);
    std::string text;
    append_padded(text, int(date.year()), 4);
    text += '-';
    append_padded(text, unsigned(date.month()), 2);
    text += '-';
    append_padded(text, unsigned(date.day()), 2);
    text += 'T';
    append_padded(text, clock.hours().count(), 2);
    text += ':';
    append_padded(text, clock.minutes().count(), 2);
    text += ':';
    append_padded(text, clock.seconds().count(), 2);
    auto const nanos = (at - whole).count();
    if (fraction && nanos != 0) {
        text += '.';
        append_padded(text, nanos, 9);
        text.erase(text.find_last_not_of('0') + 1);
    }
    text += 'Z';
    return text;
}

// "3m20s", "3m": the second part only when it is not zero.
std::string two_parts(std::int64_t major, char const* major_unit, std::int64_t minor, char const* minor_unit)
{
    std::string text = std::to_string(major) + major_unit;
    if (minor != 0) text += std::to_string(minor) + minor_unit;
    return text;
}

}  // namespace

std::optional<timestamp> parse_rfc3339(std::string_view text)
{
    auto const year = take_number(text, 4);
    if (!year || !take(text, '-', '-')) return std::nullopt;
    auto const month = take_number(text, 2);
    if (!month || !take(text, '-', '-')) return std::nullopt;
    auto const day = take_number(text, 2);
    if (!day || !take(text, 'T', 't')) return std::nullopt;
    auto const hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':', ':')) return std::nullopt;
    auto const minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ':', ':')) return std::nullopt;
    auto const second = take_number(text, 2);
    if (!second || *second > 60) return std::nullopt;  // 60: a leap second counts as the next one
    auto const nanos = take_fraction(text);
    if (!nanos) return std::nullopt;
    auto const offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;

    std::chrono::year_month_day const date{
        std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
        std::chrono::day(static_cast<unsigned>(*day))
    };
    if (!date.ok() || *year < 1678 || *year > 2261) return std::nullopt;
    auto const whole = std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute)
                       + seconds(*second) - *offset;
    return timestamp(whole) + nanoseconds(*nanos);
}

std::string format_rfc3339(timestamp at) { return format(at, false); }

std::string format_rfc3339_nano(timestamp at) { return format(at, true); }

std::string human_age(seconds age)
{
    std::int64_t const s = age.count();
    std::int64_t const minutes = s / 60, hours = s / 3600, days = hours / 24, years = days / 365;
    if (s < -1) return "<invalid>";
    if (s < 0) return "0s";
    if (s < 120) return std::to_string(s) + "s";
    if (minutes < 10) return two_parts(minutes, "m", s % 60, "s");
    if (minutes < 180) return std::to_string(minutes) + "m";
    if (hours < 8) return two_parts(hours, "h", minutes % 60, "m");
    if (hours < 48) return std::to_string(hours) + "h";
    if (days < 8) return two_parts(days, "d", hours % 24, "h");
    if (days < 730) return std::to_string(days) + "d";
    if (days < 2920) return two_parts(years, "y", days % 365, "d");
    return std::to_string(years) + "y";
}

std::string age_since(std::optional<timestamp> created, timestamp now)
{
    if (!created) return "<unknown>";
    // Seconds first: the difference of two far moments may not fit in nanoseconds. Truncation, as Go's int(d.Seconds()).
    auto const later = std::chrono::floor<seconds>(now), earlier = std::chrono::floor<seconds>(*created);
    auto age = later - earlier;
    auto const part = (now - later) - (*created - earlier);
    if (age > seconds(0) && part < nanoseconds(0)) age -= seconds(1);
    if (age < seconds(0) && part > nanoseconds(0)) age += seconds(1);
    return human_age(age);
}

}  // namespace kuberay
