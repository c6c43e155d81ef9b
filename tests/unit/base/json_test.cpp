#include "base/number_text.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace kuberay {
namespace {

json::value of(std::string_view text) { return parse_json(text).value(); }

TEST(json, integers_that_fit_stay_integers)
{
    EXPECT_EQ(of("0").as_int64(), 0);
    EXPECT_EQ(of("-9223372036854775808").as_int64(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(of("9223372036854775807").as_int64(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(of("18446744073709551615").as_uint64(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(of("18446744073709551616").as_double(), 18446744073709551616.0);
}

TEST(json, doubles_are_correctly_rounded)
{
    struct row {
        char const* text;
        double expected;
    };
    row const rows[] = {
        {"0.1", 0.1},
        {"-1.5e3", -1500.0},
        {"1e-7", 1e-7},
        {"123456789012345680.5", 123456789012345680.5},
        {"7.0420557077594588669468784357561207962098443483187940792729600000e+59",
         7.0420557077594588669468784357561207962098443483187940792729600000e+59},
        {"9007199254740993.0", 9007199254740992.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"4.9e-324", 4.9e-324},
        {"1e-400", 0.0},
        {"0.000035", 0.000035},
        {"3.0e-5", 3.0e-5},
    };
    for (auto const& r : rows)
        EXPECT_EQ(of(r.text).as_double(), r.expected) << r.text;
    EXPECT_TRUE(std::signbit(of("-1e-400").as_double()));
}

TEST(json, every_kind_of_value_is_read)
{
    auto const value = of(R"( {"a":[1,true,null,"x\u00e9\ud83d\ude80"],"b":{},"c":"","long":"0123456789"} )");
    EXPECT_EQ(
        json::serialize(value),
        "{\"a\":[1,true,null,\"x\xc3\xa9\xf0\x9f\x9a\x80\"],\"b\":{},\"c\":\"\",\"long\":\"0123456789\"}"
    );
    EXPECT_EQ(of(R"({"a":1,"a":2})").as_object().at("a").as_int64(), 2);
    EXPECT_EQ(of("\"alone\"").as_string(), "alone");
}

TEST(json, a_negative_zero_is_read_as_kubernetes_reads_it)
{
    EXPECT_EQ(of("-0").as_int64(), 0);
    EXPECT_TRUE(std::signbit(of("-0.0").as_double()));
    EXPECT_EQ(to_json(of("-0.0")), "-0");
}

TEST(json, faults_are_located)
{
    struct row {
        std::string text;
        char const* message;
    };
    row const rows[] = {
        {"", "invalid JSON: there is no content"},
        {" \n", "invalid JSON: there is no content"},
        {"{\"a\":1,\n \"b\":x}", "invalid JSON at line 2, column 6 (offset 13): syntax error"},
        {"{\"a\":1", "invalid JSON at line 1, column 7 (offset 6): it ends too early"},
        {"[1,2", "invalid JSON at line 1, column 5 (offset 4): it ends too early"},
        {"{} {}", "invalid JSON at line 1, column 4 (offset 3): there is more after the end of the value"},
        {"1e999", "invalid JSON at line 1, column 6 (offset 5): the number is too large"},
    };
    for (auto const& r : rows) {
        auto const parsed = parse_json(r.text);
        if (parsed) {
            ADD_FAILURE() << r.text << " was read";
            continue;
        }
        EXPECT_EQ(parsed.error().code(), errc::bad_document) << r.text;
        EXPECT_EQ(parsed.error().message(), r.message);
    }
    for (auto const* text :
         {"[1,]", "{\"a\":}", "tru", "01", "1.", "+1", "NaN", "'a'", "\"\x01\"", "\"\xff\"", "// c\n1", "[1}"})
        EXPECT_TRUE(parse_json(text).has_error()) << text;
}

TEST(json, depth_is_bounded)
{
    EXPECT_TRUE(parse_json(std::string(512, '[') + std::string(512, ']')).has_value());
    auto const deep = parse_json(std::string(513, '[') + std::string(513, ']'));
    EXPECT_NE(deep.error().message().find("nested too deeply"), std::string::npos);
    EXPECT_TRUE(parse_json(std::string(1'000'000, '[')).has_error());
}

TEST(json, numbers_are_written_as_go_writes_them)
{
    struct row {
        double value;
        char const* expected;
    };
    row const rows[] = {
        {0.0, "0"},
        {-0.0, "-0"},
        {1.0, "1"},
        {0.1, "0.1"},
        {1e-6, "0.000001"},
        {9.5e-7, "9.5e-7"},
        {1e-7, "1e-7"},
        {1e-10, "1e-10"},
        {1e20, "100000000000000000000"},
        {1e21, "1e+21"},
        {-1.5e300, "-1.5e+300"},
        {123456789.125, "123456789.125"},
        {5e-324, "5e-324"},
        {2.5, "2.5"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(json_number(r.value), r.expected);
}

TEST(json, is_written_compactly_in_the_given_order)
{
    auto const text = "{\"b\":[],\"a\":{\"x\":null},\"t\":\"<&>\\u2028\\\"\\\\\\b\\f\\n\\r\\t\\u0001\xc3\xa9\",\"n\":["
                      "1,-2,3.5,false]}";
    EXPECT_EQ(to_json(of(text)), text);
}

TEST(json, is_written_pretty_as_kubectl_does)
{
    auto const value =
        of(R"({"kind":"ConfigMap","data":{"a":"<b>&c"},"empty":{},"list":[],"n":[1,{"z":1,"B":2}],"m":1e25})");
    EXPECT_EQ(to_pretty_json(value), R"({
    "data": {
        "a": "\u003cb\u003e\u0026c"
    },
    "empty": {},
    "kind": "ConfigMap",
    "list": [],
    "m": 1e+25,
    "n": [
        1,
        {
            "B": 2,
            "z": 1
        }
    ]
})");
    json_style style;
    style.indent = 2;
    style.sort_keys = false;
    style.escape_html = false;
    EXPECT_EQ(to_pretty_json(of(R"({"b":"<","a":[1]})"), style), "{\n  \"b\": \"<\",\n  \"a\": [\n    1\n  ]\n}");
}

TEST(json, bytes_that_are_no_utf8_are_written_as_replacement)
{
    EXPECT_EQ(
        to_json(json::value("a\xff"
                            "b")),
        "\"a\\ufffdb\""
    );
}

TEST(json, values_are_found_by_path)
{
    auto const value =
        of(R"({"spec":{"containers":[{"name":"head","ports":[6379]}],"big":18446744073709551615,"on":true}})");
    EXPECT_EQ(string_at(value, "spec.containers.0.name"), "head");
    EXPECT_EQ(int_at(value, "spec.containers.0.ports.0"), 6379);
    EXPECT_EQ(bool_at(value, "spec.on"), true);
    EXPECT_EQ(find_path(value, ""), &value);
    EXPECT_EQ(int_at(value, "spec.big"), std::nullopt);
    for (auto const* path :
         {"spec.none", "spec.containers.1", "spec.containers.x", "spec.containers.0.name.x", "spec..containers",
          "spec.containers.", "spec.containers.-1"}) {
        EXPECT_EQ(find_path(value, path), nullptr) << path;
        EXPECT_EQ(string_at(value, path), "") << path;
        EXPECT_EQ(int_at(value, path), std::nullopt) << path;
    }
    EXPECT_EQ(string_at(value, "spec.on"), "");
    EXPECT_EQ(bool_at(value, "spec"), std::nullopt);
}

}  // namespace
}  // namespace kuberay
