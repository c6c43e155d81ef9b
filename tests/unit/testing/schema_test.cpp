#include "ray_schemas.hpp"
#include "resource_kind.hpp"
#include "schema.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;
using namespace kuberay::testing;

namespace {

std::shared_ptr<schema const> small()
{
    json::object const named = json::parse(R"({"item": {"key!": "string", "size": "int=1", "~": "any"}})").as_object();
    return read_schema(
        json::parse(
            R"({"name!": "string", "mode": "enum:on|off", "count": "int>0", "ratio": "number", "ok": "bool=true",
            "amount": "quantity", "labels": {"*": "string"}, "items": ["$item"], "free": "any"})"
        ),
        named
    );
}

std::string causes_text(std::vector<refusal_cause> const& causes)
{
    std::string text;
    for (refusal_cause const& cause : causes)
        text += cause.reason + "@" + cause.field + " ";
    return text;
}

}  // namespace

TEST(schema, finds_what_is_wrong)
{
    struct row {
        char const* value;
        char const* causes;
    };
    for (row const& one : {
             row{R"({"name":"a"})", ""},
             row{R"({"name":"a","mode":"on","count":0,"ratio":0.5,"ok":false,"amount":"1Gi","labels":{"a":"b"},"free":[1]})",
                 ""},
             row{R"({"name":"a","amount":2,"ratio":2})", ""},
             row{R"({})", "FieldValueRequired@name "},
             row{R"({"name":1})", "FieldValueTypeInvalid@name "},
             row{R"({"name":"a","mode":"x"})", "FieldValueNotSupported@mode "},
             row{R"({"name":"a","count":-1})", "FieldValueInvalid@count "},
             row{R"({"name":"a","count":1.5})", "FieldValueTypeInvalid@count "},
             row{R"({"name":"a","amount":true})", "FieldValueTypeInvalid@amount "},
             row{R"({"name":"a","labels":{"a":1}})", "FieldValueTypeInvalid@labels.a "},
             row{R"({"name":"a","items":[{"key":"k"},{}]})", "FieldValueRequired@items[1].key "},
             row{R"({"name":"a","items":{}})", "FieldValueTypeInvalid@items "},
         })
        EXPECT_EQ(causes_text(validate(json::parse(one.value), *small())), one.causes) << one.value;
}

TEST(schema, prunes_unknown_fields_and_names_them)
{
    json::value value =
        json::parse(R"({"name":"a","x":1,"labels":{"y":"2"},"items":[{"key":"k","kept":1}],"free":{"z":1}})");
    std::vector<std::string> const removed = prune(value, *small());
    EXPECT_EQ(removed, std::vector<std::string>{"x"});
    EXPECT_EQ(value, json::parse(R"({"name":"a","labels":{"y":"2"},"items":[{"key":"k","kept":1}],"free":{"z":1}})"));
}

TEST(schema, sets_defaults_in_the_objects_that_are_there)
{
    json::value value = json::parse(R"({"name":"a","items":[{"key":"k"},{"key":"l","size":3}],"ok":null})");
    set_defaults(value, *small());
    EXPECT_EQ(value, json::parse(R"({"name":"a","items":[{"key":"k","size":1},{"key":"l","size":3}],"ok":true})"));
}

TEST(schema, tells_apply_about_the_first_fault)
{
    EXPECT_EQ(typing_fault(json::parse(R"({"name":"a"})"), *small()), "");
    EXPECT_EQ(typing_fault(json::parse(R"({"x":1})"), *small()), ".x: field not declared in schema");
    EXPECT_EQ(
        typing_fault(json::parse(R"({"name":5})"), *small()),
        ".name: expected string, got &value.valueUnstructured{Value:5}"
    );
}

TEST(schema, every_ray_kind_has_one)
{
    for (char const* resource : {"rayclusters.ray.io", "rayjobs.ray.io", "rayservices.ray.io", "raycronjobs.ray.io"}) {
        resource_kind const* kind = find_resource(resource);
        ASSERT_NE(kind, nullptr) << resource;
        EXPECT_TRUE(kind->content->fields.contains("spec")) << resource;
        EXPECT_TRUE(kind->content->fields.contains("status")) << resource;
        EXPECT_FALSE(kind->columns.empty()) << resource;
    }
}
