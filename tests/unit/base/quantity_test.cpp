#include <kuberay/base/quantity.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace kuberay {
namespace {

quantity of(std::string_view text) { return quantity::parse(text).value(); }

struct row {
    char const* text;
    char const* expected;
};

// What resource.Quantity of apimachinery v0.36.3 makes of these.
constexpr row conversions[] = {
    {"0", "0"},
    {"2", "2"},
    {"500m", "500m"},
    {"1000m", "1"},
    {"1500m", "1500m"},
    {"0.5", "500m"},
    {".5", "500m"},
    {"5.", "5."},
    {"1.0", "1"},
    {"2.5", "2500m"},
    {"1.500", "1.500"},
    {"02", "02"},
    {"+5", "+5"},
    {"-5", "-5"},
    {"-0", "0"},
    {"0.0", "0"},
    {"0Gi", "0"},
    {"2000", "2k"},
    {"2500", "2500"},
    {"1e3", "1e3"},
    {"1E3", "1E3"},
    {"1e4", "10e3"},
    {"1e-3", "1e-3"},
    {"12e-4", "1200e-6"},
    {"1000e3", "1e6"},
    {"100u", "100u"},
    {"1n", "1n"},
    {"0.1n", "1n"},
    {"1e-10", "1e-9"},
    {"-1e-10", "-1e-9"},
    {"4Gi", "4Gi"},
    {"1024Mi", "1Gi"},
    {"4096Mi", "4Gi"},
    {"1025Mi", "1025Mi"},
    {"8Gi", "8Gi"},
    {"0.5Gi", "512Mi"},
    {"1.5Gi", "1536Mi"},
    {"1.5Ki", "1536"},
    {"-1.5Ki", "-1536"},
    {"0.1Ki", "102400m"},
    {"0.0001Ki", "102400u"},
    {"1.1Gi", "1181116006400m"},
    {"16Gi", "16Gi"},
    {"1Ei", "1Ei"},
    {"7Ei", "7Ei"},
    {"8Ei", "9223372036854775807"},
    {"100Ei", "9223372036854775807"},
    {"-9Ei", "-9223372036854775807"},
    {"1E", "1E"},
    {"1P", "1P"},
    {"5T", "5T"},
    {"12345678901234567890", "12345678901234567890"},
    {"1234567890123456789012345", "1234567890123456789012345"},
    {"123456789.123456789", "123456789.123456789"},
    {"1.0000000001", "1000000001n"},
    {"9223372036854775808", "9223372036854775808"},
    {"000000000000000000000005", "000000000000000000000005"},
};

TEST(quantity, text_is_kept_when_canonical_and_rewritten_otherwise)
{
    for (auto const& r : conversions)
        EXPECT_EQ(of(r.text).str(), r.expected) << r.text;
}

TEST(quantity, the_canonical_text_has_the_same_amount)
{
    for (auto const& r : conversions)
        EXPECT_EQ(of(of(r.text).str()), of(r.text)) << r.text;
}

TEST(quantity, what_is_no_quantity_is_refused_with_the_reason)
{
    row const rows[] = {
        {"", "it is empty"},
        {"abc", "a number was expected"},
        {"-", "a number was expected"},
        {"m", "a number was expected"},
        {".", "a number was expected"},
        {"Gi", "a number was expected"},
        {"32GB", "it is no number with a suffix"},
        {"1 Gi", "it is no number with a suffix"},
        {" 1", "a number was expected"},
        {"1.2.3", "it is no number with a suffix"},
        {"4gi", "it is no number with a suffix"},
        {"1K", "unknown suffix \"K\""},
        {"1ki", "unknown suffix \"ki\""},
        {"1e", "unknown suffix \"e\""},
        {"1e+", "unknown suffix \"e+\""},
        {"1mi", "unknown suffix \"mi\""},
        {"1e30", "the number is too large"},
        {"1e999999999999999999999", "the number is too large"},
    };
    for (auto const& r : rows) {
        auto const parsed = quantity::parse(r.text);
        if (parsed) {
            ADD_FAILURE() << r.text << " was read as " << parsed->str();
            continue;
        }
        EXPECT_EQ(parsed.error().code(), errc::bad_input) << r.text;
        EXPECT_EQ(parsed.error().message(), "invalid quantity \"" + std::string(r.text) + "\": " + r.expected);
    }
}

TEST(quantity, compares_by_amount)
{
    EXPECT_EQ(of("1000m"), of("1"));
    EXPECT_EQ(of("1Gi"), of("1073741824"));
    EXPECT_EQ(of("-0"), quantity());
    EXPECT_LT(of("1G"), of("1Gi"));
    EXPECT_LT(of("-1"), of("1n"));
    EXPECT_GT(of("1e3"), of("999"));
    EXPECT_EQ(of("2").sign(), 1);
    EXPECT_EQ(of("-2m").sign(), -1);
    EXPECT_TRUE(of("0.000").is_zero());
}

TEST(quantity, integers_are_rounded_away_from_zero)
{
    using limits = std::numeric_limits<std::int64_t>;
    EXPECT_EQ(of("500m").to_int64(), 1);
    EXPECT_EQ(of("-500m").to_int64(), -1);
    EXPECT_EQ(of("4Gi").to_int64(), std::int64_t(4) << 30);
    EXPECT_EQ(of("9223372036854775807").to_int64(), limits::max());
    EXPECT_EQ(of("9223372036854775808").to_int64(), std::nullopt);
    EXPECT_EQ(of("2").to_milli(), 2000);
    EXPECT_EQ(of("1u").to_milli(), 1);
    EXPECT_EQ(of("9223372036854775807").to_milli(), std::nullopt);
    EXPECT_EQ(quantity(limits::min()).to_int64(), limits::min());
}

TEST(quantity, arithmetic_keeps_the_form_of_the_left_side_unless_it_is_zero)
{
    EXPECT_EQ((of("1Gi") + of("1024Mi")).str(), "2Gi");
    EXPECT_EQ((of("500m") + of("1500m")).str(), "2");
    EXPECT_EQ((quantity() + of("1Gi")).str(), "1Gi");
    EXPECT_EQ((of("1") + of("1Gi")).str(), "1073741825");
    EXPECT_EQ((of("2") - of("500m")).str(), "1500m");
    EXPECT_EQ((of("1Gi") - of("1Gi")).str(), "0");
    EXPECT_EQ((quantity() - of("1Ki")).str(), "-1Ki");
    EXPECT_EQ((of("4Gi") * 3).str(), "12Gi");
    EXPECT_EQ((of("500m") * -3).str(), "-1500m");
    EXPECT_EQ((of("1e3") * 5).str(), "5e3");
    EXPECT_TRUE((of("5") * 0).is_zero());
    quantity sum = of("1");
    sum += of("1");
    sum -= of("3");
    EXPECT_EQ(sum, of("-1"));
}

TEST(quantity, arithmetic_saturates)
{
    quantity const large = of("9e27");
    EXPECT_EQ(large * 1000, large * std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(large * 1000 + large * 1000, large * 1000);
    EXPECT_EQ(large * -1000 - large * 1000, large * -1000);
    EXPECT_GT(large * 1000, large);
}

}  // namespace
}  // namespace kuberay
