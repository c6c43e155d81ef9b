#include "apply.hpp"
#include "refusal.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace json = boost::json;
using namespace kuberay::testing;

namespace {

resource_kind const& clusters() { return *find_resource("rayclusters.ray.io"); }

json::object parsed(std::string const& text) { return json::parse(text).as_object(); }

field_writer writer(std::string manager)
{
    field_writer made;
    made.manager = std::move(manager);
    made.operation = "Apply";
    made.api_version = "ray.io/v1";
    made.time = "2026-01-01T00:00:00Z";
    return made;
}

json::object apply_spec(json::object const* live, std::string const& spec, std::string manager, bool force = false)
{
    json::object const wanted = parsed(R"({"metadata":{"name":"a"},"spec":)" + spec + "}");
    return server_side_apply(clusters(), live, wanted, writer(std::move(manager)), force);
}

}  // namespace

TEST(field_set, holds_leaves_keyed_items_and_atomic_lists)
{
    json::value const object = json::parse(R"({"spec":{"suspend":true,"rayStartParams":{},"workerGroupSpecs":[{"a":1}],
        "containers":[{"name":"x","image":"i","args":["1"]}],"nodeSelector":{"a":"b"},"finalizers":["f"]}})");
    json::value const wanted =
        json::parse(R"json({"f:spec":{"f:suspend":{},"f:rayStartParams":{},"f:workerGroupSpecs":{},
        "f:containers":{"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:image":{},"f:args":{}}},"f:nodeSelector":{},
        "f:finalizers":{"v:\"f\"":{}}}})json");
    field_set const fields = field_set::of(object);
    EXPECT_EQ(json::value(fields.write()), wanted) << json::serialize(fields.write());
    EXPECT_EQ(field_set::read(fields.write()), fields);
}

TEST(field_set, subtracts_and_intersects)
{
    field_set const a = field_set::read(json::parse(R"({"f:x":{"f:y":{},"f:z":{}},"f:w":{}})"));
    field_set const b = field_set::read(json::parse(R"({"f:x":{"f:y":{}},"f:v":{}})"));
    EXPECT_EQ(json::serialize(a.common(b).write()), R"({"f:x":{"f:y":{}}})");
    field_set rest = a;
    rest.remove(b);
    EXPECT_EQ(json::serialize(rest.write()), R"({"f:w":{},"f:x":{"f:z":{}}})");
    EXPECT_EQ(a.paths(), (std::vector<std::string>{".w", ".x.y", ".x.z"}));
}

TEST(apply, an_equal_apply_gives_an_equal_object)
{
    json::object const first = apply_spec(nullptr, R"({"suspend":true})", "one");
    json::object const second = apply_spec(&first, R"({"suspend":true})", "one");
    EXPECT_EQ(first, second);
}

TEST(apply, removes_what_a_manager_no_longer_applies)
{
    json::object const first =
        apply_spec(nullptr, R"({"suspend":true,"headServiceAnnotations":{"a":"1","b":"2"}})", "one");
    json::object const second = apply_spec(&first, R"({"headServiceAnnotations":{"b":"2"}})", "one");
    EXPECT_EQ(second.at("spec"), json::parse(R"({"headServiceAnnotations":{"b":"2"}})"));
    json::object const third = apply_spec(&second, R"({"suspend":false})", "one");
    EXPECT_EQ(third.at("spec"), json::parse(R"({"suspend":false})"));
}

TEST(apply, conflicts_are_counted_over_managers)
{
    json::object const first = apply_spec(nullptr, R"({"suspend":true})", "one");
    json::object const second = apply_spec(&first, R"({"rayVersion":"1"})", "two");
    try {
        apply_spec(&second, R"({"suspend":false,"rayVersion":"2"})", "three");
        ADD_FAILURE() << "no conflict";
    } catch (refusal const& why) {
        EXPECT_STREQ(
            why.what(),
            "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.suspend\nconflicts with \"two\":\n- "
            ".spec.rayVersion"
        );
    }
    json::object const forced = apply_spec(&second, R"({"suspend":false,"rayVersion":"2"})", "three", true);
    managed_fields const managers(forced);
    ASSERT_EQ(managers.entries.size(), 1u);
    EXPECT_EQ(managers.entries.front().writer.manager, "three");
}

TEST(apply, keeps_the_items_of_others_in_their_place)
{
    json::object const first = apply_spec(nullptr, R"({"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]})", "one");
    json::object const second =
        apply_spec(&first, R"({"containers":[{"name":"new"},{"name":"c","image":"x"}]})", "two");
    EXPECT_EQ(
        second.at("spec"),
        json::parse(R"({"containers":[{"name":"new"},{"name":"a"},{"name":"b"},{"name":"c","image":"x"}]})")
    ) << json::serialize(second.at("spec"));
}

TEST(note_update, an_update_takes_the_fields_it_changes)
{
    json::object const first = apply_spec(nullptr, R"({"suspend":true,"rayVersion":"1"})", "one");
    json::object changed = first;
    changed["spec"].as_object()["rayVersion"] = "2";
    field_writer other = writer("two");
    other.operation = "Update";
    note_update(&first, changed, other, true);
    managed_fields const managers(changed);
    ASSERT_EQ(managers.entries.size(), 2u);
    EXPECT_EQ(json::serialize(managers.entries[0].fields.write()), R"({"f:spec":{"f:suspend":{}}})");
    EXPECT_EQ(json::serialize(managers.entries[1].fields.write()), R"({"f:spec":{"f:rayVersion":{}}})");
}
