#include "cli/jsonpath.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace cli {
namespace {

json::value sample()
{
    return kuberay::parse_json(R"({
        "kind": "List",
        "items": [
            {"name": "a", "cpu": 2, "tags": ["x", "y"], "meta": {"app.kubernetes.io/name": "one", "ready": true}},
            {"name": "b", "cpu": 10, "tags": [], "meta": {"app.kubernetes.io/name": "two", "ready": false}},
            {"name": "c", "tags": ["z"]}
        ]
    })")
        .value();
}

struct path_row {
    char const* path;
    char const* expected;
};

TEST(jsonpath, templates_print_what_they_select)
{
    json::value const root = sample();
    for (path_row const& row : std::vector<path_row>{
             {"", ""},
             {"plain", "plain"},
             {"{.kind}", "List"},
             {"{$.kind}", "List"},
             {"{@.kind}", "List"},
             {"{.items[0].name}", "a"},
             {"{.items[-1].name}", "c"},
             {"{.items[9].name}", ""},
             {"{.items[*].name}", "a b c"},
             {"{.items[0:2].name}", "a b"},
             {"{.items[1:].name}", "b c"},
             {"{.items[:1].name}", "a"},
             {"{.items[0:3:2].name}", "a c"},
             {"{.items[0,2].name}", "a c"},
             {"{.items[*]['name','cpu']}", "a 2 b 10 c"},
             {"{.items[0].tags}", R"(["x","y"])"},
             {"{.items[0].meta.ready}", "true"},
             {"{.items[0].meta.app\\.kubernetes\\.io/name}", "one"},
             {"{.items[0].meta['app.kubernetes.io/name']}", "one"},
             {"{.items[?(@.name==\"b\")].cpu}", "10"},
             {"{.items[?(@.name=='b')].cpu}", "10"},
             {"{.items[?(@.cpu>2)].name}", "b"},
             {"{.items[?(@.cpu>=2)].name}", "a b"},
             {"{.items[?(@.cpu<10)].name}", "a"},
             {"{.items[?(@.cpu<=10)].name}", "a b"},
             {"{.items[?(@.name!=\"a\")].name}", "b c"},
             {"{.items[?(@.meta.ready==true)].name}", "a"},
             {"{.items[?(@.cpu)].name}", "a b"},
             {"{..name}", "a b c"},
             {"{.items[0].*}", "a 2 [\"x\",\"y\"] {\"app.kubernetes.io/name\":\"one\",\"ready\":true}"},
             {"{range .items[*]}{.name}{\"\\t\"}{.cpu}{\"\\n\"}{end}", "a\t2\nb\t10\nc\t\n"},
             {"{range .items[*]}{range .tags[*]}{@};{end}|{end}", "x;y;||z;|"},
             {"{range .items[0:1]}{$.kind}{end}", "List"},
             {"names: {.items[*].name}!", "names: a b c!"},
             {"{.missing.deeper}", ""},
         }) {
        result<json_path> const path = json_path::parse(row.path);
        ASSERT_TRUE(path.has_value()) << row.path << ": " << path.error().message();
        EXPECT_EQ(path->print(root), row.expected) << row.path;
    }
}

TEST(jsonpath, mistakes_are_named_with_their_place)
{
    for (path_row const& row : std::vector<path_row>{
             {"{.a", "'}' is missing"},
             {"{.a[}", "an index, a name in quotes, '*' or a filter is needed in brackets"},
             {"{.a[0}", "']' is missing"},
             {"{.a['x]}", "a quote is not closed"},
             {"{end}", "an {end} without {range}"},
             {"{range .a}x", "a {range} without {end}"},
             {"{.a[?(@.b==)]}", "a path, a quoted text or a number is missing in the filter"},
             {"{.a[?(@.b==1]}", "')' is missing"},
             {"{.a[0:9:-1]}", "the step of a slice must be positive"},
             {"{.a[99999999999999999999]}", "the number is too large"},
         }) {
        result<json_path> const path = json_path::parse(row.path);
        ASSERT_TRUE(path.has_error()) << row.path;
        EXPECT_NE(path.error().message().find(row.expected), std::string::npos)
            << row.path << ": " << path.error().message();
    }
}

TEST(jsonpath, columns_may_leave_braces_and_the_first_dot_out)
{
    json::value const root = sample();
    for (char const* text : {"{.kind}", ".kind", "kind", "{kind}", "$.kind"}) {
        result<json_path> const path = json_path::parse_relaxed(text);
        ASSERT_TRUE(path.has_value()) << text;
        ASSERT_EQ(path->find(root).size(), 1u) << text;
        EXPECT_EQ(path_text(*path->find(root).front()), "List");
    }
    EXPECT_TRUE(json_path::parse_relaxed("").has_error());
    EXPECT_TRUE(json_path::parse_relaxed("{.a} {.b}").has_error());
}

TEST(jsonpath, deep_nesting_is_refused_and_not_followed)
{
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += "{range .a}";
    EXPECT_TRUE(json_path::parse(text).has_error());
    std::string filters;
    for (int i = 0; i < 1000; ++i)
        filters += "[?(@.a";
    EXPECT_TRUE(json_path::parse("{.x" + filters).has_error());
}

}  // namespace
}  // namespace cli
