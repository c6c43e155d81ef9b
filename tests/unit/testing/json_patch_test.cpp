#include "json_patch.hpp"
#include "refusal.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;
using kuberay::testing::apply_json_patch;
using kuberay::testing::refusal;

namespace {

constexpr char const* document = R"({"a":{"b":1,"c~d":2,"e/f":3},"list":[10,20,30],"n":null})";

}  // namespace

TEST(json_patch, does_every_operation)
{
    struct row {
        char const* name;
        char const* patch;
        char const* wanted;
    };
    for (row const& one : {
             row{"add a member", R"([{"op":"add","path":"/a/x","value":[1]}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3,"x":[1]},"list":[10,20,30],"n":null})"},
             row{"add replaces a member", R"([{"op":"add","path":"/a","value":0}])",
                 R"({"a":0,"list":[10,20,30],"n":null})"},
             row{"add in a list", R"([{"op":"add","path":"/list/1","value":15}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3},"list":[10,15,20,30],"n":null})"},
             row{"add at the end", R"([{"op":"add","path":"/list/-","value":40}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3},"list":[10,20,30,40],"n":null})"},
             row{"add behind the end", R"([{"op":"add","path":"/list/3","value":40}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3},"list":[10,20,30,40],"n":null})"},
             row{"remove", R"([{"op":"remove","path":"/a"},{"op":"remove","path":"/list/0"}])",
                 R"({"list":[20,30],"n":null})"},
             row{"replace", R"([{"op":"replace","path":"/list/2","value":"x"}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3},"list":[10,20,"x"],"n":null})"},
             row{"replace of an absent member", R"([{"op":"replace","path":"/a/x","value":4}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3,"x":4},"list":[10,20,30],"n":null})"},
             row{"replace all", R"([{"op":"replace","path":"","value":{"z":1}}])", R"({"z":1})"},
             row{"move", R"([{"op":"move","from":"/list","path":"/a"}])", R"({"a":[10,20,30],"n":null})"},
             row{"copy", R"([{"op":"copy","from":"/list/0","path":"/a"}])", R"({"a":10,"list":[10,20,30],"n":null})"},
             row{"escapes", R"([{"op":"remove","path":"/a/c~0d"},{"op":"remove","path":"/a/e~1f"}])",
                 R"({"a":{"b":1},"list":[10,20,30],"n":null})"},
             row{"a test that holds",
                 R"([{"op":"test","path":"/list","value":[10,20,30]},{"op":"remove","path":"/list"}])",
                 R"({"a":{"b":1,"c~d":2,"e/f":3},"n":null})"},
             row{"a test for absence", R"([{"op":"test","path":"/zz","value":null},{"op":"remove","path":"/a"}])",
                 R"({"list":[10,20,30],"n":null})"},
         }) {
        json::value const patched = apply_json_patch(json::parse(document), json::parse(one.patch));
        EXPECT_EQ(patched, json::parse(one.wanted)) << one.name << ": " << json::serialize(patched);
    }
}

TEST(json_patch, refuses_what_cannot_be_done)
{
    struct row {
        char const* name;
        char const* patch;
        int code;
    };
    for (row const& one : {
             row{"a test that fails", R"([{"op":"test","path":"/a/b","value":2}])", 422},
             row{"a test of an absent value", R"([{"op":"test","path":"/zz","value":2}])", 422},
             row{"no parent", R"([{"op":"add","path":"/zz/a","value":2}])", 422},
             row{"a scalar parent", R"([{"op":"add","path":"/a/b/c","value":2}])", 422},
             row{"remove of nothing", R"([{"op":"remove","path":"/zz"}])", 422},
             row{"an index beyond", R"([{"op":"add","path":"/list/4","value":2}])", 422},
             row{"an index with a leading zero", R"([{"op":"replace","path":"/list/01","value":2}])", 422},
             row{"an index of letters", R"([{"op":"remove","path":"/list/x"}])", 422},
             row{"an unknown operation", R"([{"op":"merge","path":"/a"}])", 422},
             row{"a path without slash", R"([{"op":"remove","path":"a"}])", 422},
             row{"no path", R"([{"op":"remove"}])", 422},
             row{"no list", R"({"op":"remove"})", 400},
             row{"no operation", R"([1])", 400},
         }) {
        try {
            json::value const patched = apply_json_patch(json::parse(document), json::parse(one.patch));
            ADD_FAILURE() << one.name << " gave " << json::serialize(patched);
        } catch (refusal const& why) {
            EXPECT_EQ(why.code(), one.code) << one.name;
        }
    }
}
