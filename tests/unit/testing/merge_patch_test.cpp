#include "merge_patch.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;

TEST(merge_patch, follows_rfc_7386)
{
    struct row {
        char const* document;
        char const* patch;
        char const* wanted;
    };
    for (row const& one : {
             row{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
             row{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
             row{R"({"a":"b"})", R"({"a":null})", R"({})"},
             row{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
             row{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
             row{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
             row{R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
             row{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
         }) {
        json::value document = json::parse(one.document);
        kuberay::testing::apply_merge_patch(document, json::parse(one.patch));
        EXPECT_EQ(document, json::parse(one.wanted)) << one.patch << ": " << json::serialize(document);
    }
}

TEST(strategic_patch, merges_lists_by_their_keys)
{
    struct row {
        char const* name;
        char const* document;
        char const* patch;
        char const* wanted;
    };
    for (row const& one : {
             row{"a container", R"({"containers":[{"name":"a","image":"x"},{"name":"b"}]})",
                 R"({"containers":[{"name":"a","image":"y"}]})",
                 R"({"containers":[{"name":"a","image":"y"},{"name":"b"}]})"},
             row{"another container", R"({"containers":[{"name":"a"}]})", R"({"containers":[{"name":"b"}]})",
                 R"({"containers":[{"name":"a"},{"name":"b"}]})"},
             row{"one deleted", R"({"containers":[{"name":"a"},{"name":"b"}]})",
                 R"({"containers":[{"name":"a","$patch":"delete"}]})", R"({"containers":[{"name":"b"}]})"},
             row{"a list without key", R"({"args":["a","b"]})", R"({"args":["c"]})", R"({"args":["c"]})"},
             row{"a map replaced", R"({"labels":{"a":"1"}})", R"({"labels":{"b":"2","$patch":"replace"}})",
                 R"({"labels":{"b":"2"}})"},
         }) {
        json::value document = json::parse(one.document);
        kuberay::testing::apply_strategic_patch(document, json::parse(one.patch));
        EXPECT_EQ(document, json::parse(one.wanted)) << one.name << ": " << json::serialize(document);
    }
}
