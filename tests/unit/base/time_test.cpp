#include <kuberay/base/time.hpp>

#include <gtest/gtest.h>

namespace kuberay {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

timestamp at(std::int64_t unix_seconds, std::int64_t nanos = 0)
{
    return timestamp(seconds(unix_seconds)) + std::chrono::nanoseconds(nanos);
}

TEST(time, rfc3339_is_read_with_fractions_and_offsets)
{
    struct row {
        char const* text;
        std::optional<timestamp> expected;
    };
    row const rows[] = {
        {"1970-01-01T00:00:00Z", at(0)},
        {"2026-11-29T00:18:28Z", at(1795911508)},
        {"2026-11-29T02:18:28+02:00", at(1795911508)},
        {"2026-11-28T18:48:28-05:30", at(1795911508)},
        {"2026-11-29t00:18:28z", at(1795911508)},
        {"1970-01-01T00:00:00.5Z", at(0, 500'000'000)},
        {"1970-01-01T00:00:00.123456789Z", at(0, 123'456'789)},
        {"1970-01-01T00:00:00.1234567899Z", at(0, 123'456'789)},
        {"1969-12-31T23:59:59.25Z", at(-1, 250'000'000)},
        {"2024-02-29T12:00:00Z", at(1709208000)},
        {"2023-02-29T12:00:00Z", std::nullopt},
        {"2026-13-01T00:00:00Z", std::nullopt},
        {"2026-11-29T24:00:00Z", std::nullopt},
        {"2026-11-29T00:60:00Z", std::nullopt},
        {"2026-11-29T00:18:28", std::nullopt},
        {"2026-11-29 00:18:28Z", std::nullopt},
        {"2026-11-29T00:18:28.Z", std::nullopt},
        {"2026-11-29T00:18:28+0200", std::nullopt},
        {"2026-11-29T00:18:28Z ", std::nullopt},
        {"9999-01-01T00:00:00Z", std::nullopt},
        {"0001-01-01T00:00:00Z", std::nullopt},
        {"", std::nullopt},
    };
    for (auto const& r : rows)
        EXPECT_EQ(parse_rfc3339(r.text), r.expected) << r.text;
}

TEST(time, rfc3339_is_written_in_utc)
{
    EXPECT_EQ(format_rfc3339(at(1795911508, 999'999'999)), "2026-11-29T00:18:28Z");
    EXPECT_EQ(format_rfc3339(at(-1, 1)), "1969-12-31T23:59:59Z");
    EXPECT_EQ(format_rfc3339_nano(at(1795911508)), "2026-11-29T00:18:28Z");
    EXPECT_EQ(format_rfc3339_nano(at(1795911508, 120'000'000)), "2026-11-29T00:18:28.12Z");
    EXPECT_EQ(format_rfc3339_nano(at(1795911508, 1)), "2026-11-29T00:18:28.000000001Z");
}

TEST(time, ages_are_those_of_kubectl)
{
    constexpr std::int64_t m = 60, h = 3600, d = 24 * h;
    struct row {
        std::int64_t age;
        char const* expected;
    };
    row const rows[] = {
        {-2, "<invalid>"},
        {-1, "0s"},
        {0, "0s"},
        {1, "1s"},
        {119, "119s"},
        {120, "2m"},
        {121, "2m1s"},
        {9 * m + 59, "9m59s"},
        {10 * m, "10m"},
        {10 * m + 59, "10m"},
        {150 * m, "150m"},
        {180 * m - 1, "179m"},
        {180 * m, "3h"},
        {3 * h + 5 * m, "3h5m"},
        {8 * h - 1, "7h59m"},
        {8 * h, "8h"},
        {48 * h - 1, "47h"},
        {48 * h, "2d"},
        {7 * d + 12 * h, "7d12h"},
        {8 * d - 1, "7d23h"},
        {8 * d, "8d"},
        {730 * d - 1, "729d"},
        {730 * d, "2y"},
        {741 * d, "2y11d"},
        {2920 * d - 1, "7y364d"},
        {2920 * d, "8y"},
        {4000 * d, "10y"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(human_age(seconds(r.age)), r.expected) << r.age;
}

TEST(time, the_age_of_what_has_no_creation_time_is_unknown)
{
    EXPECT_EQ(age_since(std::nullopt, at(100)), "<unknown>");
    EXPECT_EQ(age_since(at(0), at(100)), "100s");
    EXPECT_EQ(age_since(at(0, 900'000'000), at(2)), "1s");
    EXPECT_EQ(age_since(at(101, 500'000'000), at(100)), "0s");
    EXPECT_EQ(age_since(at(200), at(100)), "<invalid>");
}

TEST(time, durations_follow_the_grammar_of_go)
{
    struct row {
        char const* text;
        std::chrono::nanoseconds expected;
    };
    row const rows[] = {
        {"0", 0ns},
        {"+0", 0ns},
        {"0s", 0ns},
        {"5m", 5min},
        {"1h30m", 90min},
        {"-1.5h", -90min},
        {"+5s", 5s},
        {".5s", 500ms},
        {"1.s", 1s},
        {"1.004s", 1004ms},
        {"300ms", 300ms},
        {"11us", 11us},
        {"11\xc2\xb5s", 11us},
        {"11\xce\xbcs", 11us},
        {"7ns", 7ns},
        {"0.3333333333333333333h", 20min},
        {"9223372036854775807ns", std::chrono::nanoseconds::max()},
        {"-9223372036854775808ns", std::chrono::nanoseconds::min()},
        {"0.9223372036854775807h", 3320413933267ns},
    };
    for (auto const& r : rows) {
        auto const parsed = parse_duration(r.text);
        if (!parsed) {
            ADD_FAILURE() << r.text << ": " << parsed.error().message();
            continue;
        }
        EXPECT_EQ(*parsed, r.expected) << r.text;
    }
}

TEST(time, what_is_no_duration_is_refused_with_the_reason)
{
    struct row {
        char const* text;
        char const* reason;
    };
    row const rows[] = {
        {"", "it is empty"},
        {"-", "a number was expected"},
        {"5", "the unit is missing"},
        {"1h5", "the unit is missing"},
        {"5 m", "unknown unit \" m\""},
        {"5d", "unknown unit \"d\""},
        {"abc", "a number was expected at \"abc\""},
        {".s", "a number was expected at \".s\""},
        {"--5s", "a number was expected at \"-5s\""},
        {"300y", "unknown unit \"y\""},
        {"9223372036854775808ns", "it is longer than 292 years"},
        {"3000000h", "it is longer than 292 years"},
        {"99999999999999999999999s", "it is longer than 292 years"},
        {"2562047h99999m", "it is longer than 292 years"},
    };
    for (auto const& r : rows) {
        auto const parsed = parse_duration(r.text);
        if (parsed) {
            ADD_FAILURE() << r.text << " was read as " << parsed->count();
            continue;
        }
        EXPECT_EQ(parsed.error().code(), errc::bad_input) << r.text;
        EXPECT_EQ(parsed.error().message(), "invalid duration \"" + std::string(r.text) + "\": " + r.reason);
    }
}

TEST(time, durations_are_written_as_go_writes_them)
{
    struct row {
        std::chrono::nanoseconds duration;
        char const* expected;
    };
    row const rows[] = {
        {0ns, "0s"},
        {7ns, "7ns"},
        {1100ns, "1.1\xc2\xb5s"},
        {250ms, "250ms"},
        {1500ms, "1.5s"},
        {5min, "5m0s"},
        {1h, "1h0m0s"},
        {90min, "1h30m0s"},
        {-90s, "-1m30s"},
        {std::chrono::nanoseconds::min(), "-2562047h47m16.854775808s"},
        {std::chrono::nanoseconds::max(), "2562047h47m16.854775807s"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(format_duration(r.duration), r.expected);
}

}  // namespace
}  // namespace kuberay
