#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace kuberay {
namespace {

std::string json_of(std::string const& yaml)
{
    auto const documents = parse_yaml(yaml, "test.yaml");
    return documents.size() == 1 ? to_json(documents[0].value()) : std::to_string(documents.size()) + " documents";
}

std::string refusal_of(std::string const& yaml)
{
    try {
        return "read as " + json_of(yaml);
    } catch (failure const& f) {
        EXPECT_EQ(f.error().code(), errc::bad_document) << yaml;
        return f.error().message();
    }
}

struct row {
    std::string yaml;
    std::string expected;
};

TEST(yaml_parse, plain_scalars_follow_yaml_1_1)
{
    row const rows[] = {
        {"yes", "true"},
        {"On", "true"},
        {"y", "true"},
        {"NO", "false"},
        {"off", "false"},
        {"true", "true"},
        {"tRue", "\"tRue\""},
        {"~", "null"},
        {"Null", "null"},
        {"nil", "\"nil\""},
        {"0", "0"},
        {"-0", "0"},
        {"+5", "5"},
        {"017", "15"},
        {"0o17", "15"},
        {"0x1F", "31"},
        {"0b11", "3"},
        {"-0x10", "-16"},
        {"1_000", "1000"},
        {"08", "8"},
        {"9223372036854775807", "9223372036854775807"},
        {"18446744073709551615", "18446744073709551615"},
        {"18446744073709551616", "18446744073709552000"},
        {"-9223372036854775809", "-9223372036854776000"},
        {"1.5", "1.5"},
        {".5", "0.5"},
        {"5.", "5"},
        {"1e3", "1000"},
        {"1e-999", "0"},
        {"1e999", "\"1e999\""},
        {"0x", "\"0x\""},
        {"1.2.3", "\"1.2.3\""},
        {"1:30", "\"1:30\""},
        {"4Gi", "\"4Gi\""},
        {"2024-01-01", "\"2024-01-01\""},
        {"2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00Z\""},
        {"'2'", "\"2\""},
        {"\"yes\"", "\"yes\""},
        {"!!str 123", "\"123\""},
        {"!!int 5", "5"},
        {"!!float 1", "1"},
        {"!!bool yes", "true"},
        {"''", "\"\""},
    };
    for (auto const& r : rows)
        EXPECT_EQ(json_of("v: " + r.yaml), "{\"v\":" + r.expected + "}") << r.yaml;
}

TEST(yaml_parse, structure_becomes_json)
{
    row const rows[] = {
        {"a: 1\nb:\n- x\n- y: z\n", R"({"a":1,"b":["x",{"y":"z"}]})"},
        {"{a: [1, {b: c}], d: {}}", R"({"a":[1,{"b":"c"}],"d":{}})"},
        {"a: |\n  x\n  y\nb: >-\n  p\n  q\n", R"({"a":"x\ny\n","b":"p q"})"},
        {"- - a\n  - b\n-\n", R"([["a","b"],null])"},
        {"a:\n", R"({"a":null})"},
        {"\"a b\": \"\\u00e9\\n\"", "{\"a b\":\"\xc3\xa9\\n\"}"},
        {"a: \"\\N\\_\\L\"", "{\"a\":\"\xc2\x85\xc2\xa0\\u2028\"}"},
        {"\xef\xbb\xbf"
         "a: 1",
         R"({"a":1})"},
        {"a: 1\r\nb: 2\r\n", R"({"a":1,"b":2})"},
        {"# only a comment\n", "0 documents"},
        {"", "0 documents"},
        {"---\n...\n---\n", "0 documents"},
        {"a: 1\n---\nb: 2\n---\n# none\n---\nc: 3\n", "3 documents"},
        {"a: 1\n...\n# next\nb: 2\n", "2 documents"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(json_of(r.yaml), r.expected) << r.yaml;
}

TEST(yaml_parse, keys_are_strings_as_written)
{
    EXPECT_EQ(json_of("on: 1\n1: 2\n010: 3\n1.50: 4\n.inf: 5\n"), R"({"on":1,"1":2,"010":3,"1.50":4,".inf":5})");
    EXPECT_EQ(refusal_of("~: 1"), "test.yaml:1:1: a key must not be null");
    EXPECT_EQ(refusal_of("? [a]\n: 1"), "test.yaml:1:3: a key must be a string or a number");
}

TEST(yaml_parse, aliases_and_merge_keys_are_resolved)
{
    row const rows[] = {
        {"a: &x {b: 1}\nc: *x\n", R"({"a":{"b":1},"c":{"b":1}})"},
        {"a: &x 5\nb: [*x, *x]\n", R"({"a":5,"b":[5,5]})"},
        {"a: &x k\n*x : 1\n", R"({"a":"k","k":1})"},
        {"b: &b {x: 1, y: 2}\nm:\n  y: 3\n  <<: *b\n  z: 4\n", R"({"b":{"x":1,"y":2},"m":{"y":3,"z":4,"x":1}})"},
        {"m:\n  <<: [{a: 1}, {a: 2, b: 3}]\n", R"({"m":{"a":1,"b":3}})"},
        {"m:\n  '<<': 1\n", R"({"m":{"<<":1}})"},
        {"&r a: &r 1\nb: *r\n", R"({"a":1,"b":1})"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(json_of(r.yaml), r.expected) << r.yaml;
    EXPECT_EQ(refusal_of("a: &x [*x]"), "test.yaml:1:8: the alias stands inside of what it refers to");
    EXPECT_EQ(refusal_of("m:\n  <<: 5\n"), "test.yaml:2:7: only maps can be merged");
    EXPECT_TRUE(refusal_of("a: *none").starts_with("test.yaml:1:4: "));
}

TEST(yaml_parse, the_expansion_of_aliases_is_bounded)
{
    std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
    for (int i = 1; i < 12; ++i) {
        auto const before = "*a" + std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 9; ++j)
            laughs += (j ? "," : "") + before;
        laughs += "]\n";
    }
    EXPECT_NE(refusal_of(laughs).find("the aliases expand to too much"), std::string::npos);
}

TEST(yaml_parse, depth_and_size_are_bounded)
{
    EXPECT_EQ(refusal_of(std::string(101, '[') + std::string(101, ']')), "test.yaml:1:101: nested too deeply");
    EXPECT_NO_THROW(json_of(std::string(100, '[') + std::string(100, ']')));
    std::string deeper = "a: &a " + std::string(60, '[') + std::string(60, ']') + "\nb: ";
    deeper += std::string(60, '[') + "*a" + std::string(60, ']');
    EXPECT_NE(refusal_of(deeper).find("nested too deeply"), std::string::npos);
    try {
        parse_yaml(std::string((16 << 20) + 1, ' '), "big");
        ADD_FAILURE() << "17 MiB were read";
    } catch (failure const& f) {
        EXPECT_EQ(f.error().code(), errc::too_large);
    }
}

TEST(yaml_parse, faults_are_located)
{
    row const rows[] = {
        {"a: 1\nb: 2\na: 3\n", "test.yaml:3:1: the key \"a\" is given twice, first at line 1"},
        {"a: 1\n- b\n", "test.yaml:2:1: this does not belong to the map above it; check the indentation"},
        {"- a\nb: 1\n", "test.yaml:2:1: this does not belong to what stands above it; check the indentation"},
        {"{a: 1}\nb: 2\n", "test.yaml:2:1: this does not belong to what stands above it; check the indentation"},
        {"a: .nan", "test.yaml:1:4: \".nan\" has no counterpart in JSON"},
        {"a: !!int x", "test.yaml:1:4: \"x\" is no int"},
        {"a: !!binary aGk=", "test.yaml:1:4: binary values are not supported, write the base64 text as a string"},
        {"a: \"\x01\"", "test.yaml:1:5: control characters are not allowed"},
        {"a: 1\nb: \xff", "test.yaml:2:4: invalid UTF-8"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(refusal_of(r.yaml), r.expected);
    for (auto const* broken :
         {"a: b: c", "[1,2", "{a: 1", "a:\n\tb: 1", "a: @b", "a: 'x", "a:\n  b: 1\n c: 2", "a: \"\\q\""})
        EXPECT_TRUE(refusal_of(broken).starts_with("test.yaml:")) << broken << ": " << refusal_of(broken);
}

TEST(yaml_parse, a_document_knows_where_its_parts_stood)
{
    auto const documents =
        parse_yaml("first: 1\n---\nhead:\n  cpu: 02\n  'a/b~c': \"7\"\ngroups:\n- name: x\n- 1.50\n", "c.yaml");
    auto const& d = documents.at(1);
    EXPECT_EQ(d.name(), "c.yaml");
    EXPECT_EQ(d.where("/head/cpu"), "c.yaml:4:8");
    EXPECT_EQ(d.where_key("/head/cpu"), "c.yaml:4:3");
    EXPECT_EQ(d.where("/groups/0/name"), "c.yaml:7:9");
    EXPECT_EQ(d.where("/groups/1"), "c.yaml:8:3");
    EXPECT_EQ(d.where_key("/groups/1"), "c.yaml:8:3");
    EXPECT_EQ(d.where(""), "c.yaml:3:1");
    EXPECT_EQ(d.where("/head/gpu"), d.where("/head")) << "the nearest part above";
    EXPECT_EQ(d.text_of("/head/cpu"), "02");
    EXPECT_EQ(d.value().at("head").at("cpu"), 2);
    EXPECT_EQ(d.text_of("/groups/1"), "1.50");
    EXPECT_FALSE(d.is_quoted("/groups/1"));
    auto const path = pointer_child(pointer_child("", "head"), "a/b~c");
    EXPECT_EQ(path, "/head/a~1b~0c");
    EXPECT_EQ(d.text_of(path), "7");
    EXPECT_TRUE(d.is_quoted(path));
    EXPECT_EQ(d.text_of("/groups"), "");
    EXPECT_EQ(d.text_of("/groups/7"), "");
    EXPECT_EQ(pointer_child("/groups", std::size_t(1)), "/groups/1");
}

TEST(yaml_parse, a_part_reached_through_an_alias_stands_at_its_anchor)
{
    auto const documents = parse_yaml("a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n", "c.yaml");
    EXPECT_EQ(documents.at(0).where("/c/b"), "c.yaml:2:6");
    EXPECT_EQ(documents.at(0).where("/d/b"), "c.yaml:2:6");
}

}  // namespace
}  // namespace kuberay
