#include "ray/cron_schedule.hpp"

#include "base/quote.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace kuberay::ray {
namespace {

struct field_kind {
    std::string_view word;
    unsigned lowest, highest;
    std::string_view names;  // three letters each, from `lowest` on
};

constexpr std::array<field_kind, 5> field_kinds{
    field_kind{"minute", 0, 59, ""},
    field_kind{"hour", 0, 23, ""},
    field_kind{"day of the month", 1, 31, ""},
    field_kind{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    field_kind{"day of the week", 0, 6, "sunmontuewedthufrisat"},
};

constexpr std::string_view macros[] = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"};

struct parsed_field {
    std::uint64_t values = 0;  // bit n: the value n
    bool is_any = false;
};

error wrong(field_kind const& kind, std::string_view text, std::string const& why)
{
    return error(errc::bad_input, "the " + std::string(kind.word) + " " + kuberay::quoted(text) + " " + why);
}

std::optional<unsigned> number(std::string_view text)
{
    unsigned value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<unsigned> named(field_kind const& kind, std::string_view text)
{
    if (text.size() != 3) return std::nullopt;
    std::string const lower = to_lower(text);
    for (std::size_t at = 0; at + 3 <= kind.names.size(); at += 3)
        if (kind.names.substr(at, 3) == lower) return kind.lowest + static_cast<unsigned>(at / 3);
    return std::nullopt;
}

result<unsigned> value_of(field_kind const& kind, std::string_view text, std::string_view item)
{
    if (auto const by_name = named(kind, text)) return *by_name;
    auto const value = number(text);
    if (!value) return wrong(kind, item, "is neither a number, a range, a step nor *");
    if (*value < kind.lowest || *value > kind.highest)
        return wrong(
            kind, item, "is not between " + std::to_string(kind.lowest) + " and " + std::to_string(kind.highest)
        );
    return *value;
}

// `*`, `7`, `1-5`, each with `/step`.
result<parsed_field> read_item(field_kind const& kind, std::string const& item)
{
    std::vector<std::string> const parts = split(item, '/');
    if (parts.size() > 2) return wrong(kind, item, "has more than one step");
    parsed_field read;
    unsigned first = kind.lowest, last = kind.highest, step = 1;
    std::string const& range = parts.front();
    read.is_any = range == "*" || range == "?";
    if (!read.is_any) {
        std::vector<std::string> const ends = split(range, '-');
        if (ends.size() > 2) return wrong(kind, item, "is no range FIRST-LAST");
        result<unsigned> const begin = value_of(kind, ends.front(), item);
        if (begin.has_error()) return begin.error();
        result<unsigned> const end = value_of(kind, ends.back(), item);
        if (end.has_error()) return end.error();
        first = *begin;
        last = ends.size() == 1 && parts.size() == 2 ? kind.highest : *end;
        if (first > last) return wrong(kind, item, "is a range that ends before it begins");
    }
    if (parts.size() == 2) {
        auto const given = number(parts.back());
        if (!given || *given == 0) return wrong(kind, item, "has a step that is no number above 0");
        step = *given;
        read.is_any = read.is_any && step == 1;
    }
    for (unsigned value = first; value <= last && value < 64; value += step)
        read.values |= std::uint64_t(1) << value;
    return read;
}

result<parsed_field> read_field(field_kind const& kind, std::string const& text)
{
    parsed_field all;
    for (std::string const& item : split(text, ',')) {
        if (item.empty()) return wrong(kind, text, "has an empty part");
        result<parsed_field> const read = read_item(kind, item);
        if (read.has_error()) return read.error();
        all.values |= read->values;
        all.is_any = all.is_any || read->is_any;
    }
    return all;
}

// The operator takes a schedule that never comes for one that is due.
bool can_come(parsed_field const& days, parsed_field const& months, parsed_field const& weekdays)
{
    if (!weekdays.is_any) return true;
    constexpr unsigned lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (unsigned month = 1; month <= 12; ++month) {
        if (!(months.values >> month & 1)) continue;
        for (unsigned day = 1; day <= lengths[month - 1]; ++day)
            if (days.values >> day & 1) return true;
    }
    return false;
}

result<void> check_macro(std::string_view text)
{
    if (std::ranges::find(macros, text) != std::end(macros)) return {};
    constexpr std::string_view every = "@every ";
    if (text.starts_with(every)) {
        auto const pause = parse_duration(text.substr(every.size()));
        if (pause.has_error()) return pause.error();
        if (*pause >= std::chrono::seconds(1)) return {};
        return error(errc::bad_input, "@every needs a duration of at least 1s");
    }
    return error(errc::bad_input, kuberay::quoted(text) + " is none of @hourly, @daily, @weekly, @monthly, @yearly");
}

result<void> check_fields(std::string_view text)
{
    std::vector<std::string> fields = split(text, ' ');
    std::erase_if(fields, [](std::string const& field) { return field.empty(); });
    if (fields.size() != field_kinds.size())
        return error(
            errc::bad_input, "it has " + std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields")
                                 + " instead of 5 (minute, hour, day of " + "the month, month, day of the week)"
        );
    std::array<parsed_field, 5> read;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        result<parsed_field> const one = read_field(field_kinds[i], fields[i]);
        if (one.has_error()) return one.error();
        read[i] = *one;
    }
    if (can_come(read[2], read[3], read[4])) return {};
    return error(errc::bad_input, "no year has such a day");
}

result<void> check(std::string_view text)
{
    if (text.find_first_of("\t\r\n") != std::string_view::npos)
        return error(errc::bad_input, "its fields must be separated by spaces");
    if (text.starts_with("TZ=") || text.starts_with("CRON_TZ="))
        return error(errc::bad_input, "it holds a time zone").with_hint("give the time zone beside the schedule");
    if (text.starts_with("@")) return check_macro(text);
    return check_fields(text);
}

}  // namespace

result<void> check_schedule(std::string_view schedule)
{
    result<void> const checked = check(trim(schedule));
    if (checked.has_value()) return {};
    return checked.error().with_context("the schedule " + kuberay::quoted(schedule));
}

}  // namespace kuberay::ray
