#include <kuberay/base/json.hpp>
#include <kuberay/ray/scale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

json::object cluster_with_groups()
{
    return parse_json(R"({"kind": "RayCluster", "metadata": {"name": "demo", "namespace": "a", "generation": 4},
        "spec": {"workerGroupSpecs": [
            {"groupName": "small", "replicas": 1, "minReplicas": 0, "maxReplicas": 5},
            {"groupName": "bare"}]}})")
        .value()
        .as_object();
}

group_scale
scale_of(std::string group, std::optional<int> replicas, std::optional<int> min = {}, std::optional<int> max = {})
{
    group_scale made;
    made.group = std::move(group);
    made.replicas = replicas;
    made.min_replicas = min;
    made.max_replicas = max;
    return made;
}

std::string operations_of(edit_plan const& plan) { return to_json(json::value(plan.operations)); }

TEST(scale, a_plan_tests_what_it_relied_on_and_writes_only_what_changes)
{
    edit_plan const plan = plan_scale(cluster_with_groups(), {scale_of("small", 3, 0, 9)});
    EXPECT_EQ(
        operations_of(plan), R"([{"op":"test","path":"/spec/workerGroupSpecs/0/groupName","value":"small"},)"
                             R"({"op":"test","path":"/spec/workerGroupSpecs/0/minReplicas","value":0},)"
                             R"({"op":"test","path":"/spec/workerGroupSpecs/0/maxReplicas","value":5},)"
                             R"({"op":"test","path":"/spec/workerGroupSpecs/0/replicas","value":1},)"
                             R"({"op":"replace","path":"/spec/workerGroupSpecs/0/maxReplicas","value":9},)"
                             R"({"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":3}])"
    );
    EXPECT_THAT(
        plan.changes,
        testing::ElementsAre(field_change("small: max replicas", "5", "9"), field_change("small: replicas", "1", "3"))
    );
}

TEST(scale, absent_numbers_have_the_servers_defaults_and_are_added)
{
    edit_plan const plan = plan_scale(cluster_with_groups(), {scale_of("bare", 2)});
    EXPECT_EQ(
        operations_of(plan), R"([{"op":"test","path":"/spec/workerGroupSpecs/1/groupName","value":"bare"},)"
                             R"({"op":"add","path":"/spec/workerGroupSpecs/1/replicas","value":2}])"
    );
    EXPECT_EQ(plan.changes.at(0), field_change("bare: replicas", "0", "2"));
}

TEST(scale, nothing_to_change_writes_nothing)
{
    edit_plan const plan = plan_scale(cluster_with_groups(), {scale_of("small", 1, 0, 5)});
    EXPECT_TRUE(plan.operations.empty());
    EXPECT_TRUE(plan.changes.empty());
}

TEST(scale, an_unknown_group_is_refused_with_those_that_exist)
{
    try {
        plan_scale(cluster_with_groups(), {scale_of("large", 1)});
        FAIL() << "accepted";
    } catch (failure const& f) {
        EXPECT_EQ(f.error().message(), "RayCluster a/demo has no worker group \"large\"; it has small, bare");
    }
}

TEST(scale, the_final_state_is_checked_also_against_what_was_not_given)
{
    struct {
        group_scale wanted;
        char const* why;
    } const rows[] = {
        {scale_of("small", {}, 6), "min replicas 6 above max replicas 5"},
        {scale_of("small", {}, 2), "replicas 1 below min replicas 2"},
        {scale_of("small", {}, {}, 0), "replicas 1 above max replicas 0"},
        {scale_of("small", 6), "replicas 6 above max replicas 5"},
    };
    for (auto const& row : rows) {
        try {
            plan_scale(cluster_with_groups(), {row.wanted});
            FAIL() << row.why;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::bad_input);
            EXPECT_THAT(f.error().message(), testing::HasSubstr(row.why));
        }
    }
}

TEST(scale, a_request_that_contradicts_itself_is_refused_without_the_cluster)
{
    struct {
        group_scale wanted;
        char const* where;
        char const* why;
    } const rows[] = {
        {scale_of("", 1), "--worker-group", "empty"},
        {scale_of("g", {}), "--replicas", "nothing to change"},
        {scale_of("g", {}, -2), "--min-replicas", "-2 is negative"},
        {scale_of("g", {}, {}, -2), "--max-replicas", "-2 is negative"},
        {scale_of("g", -2), "--replicas", "-2 is negative"},
        {scale_of("g", {}, 3, 2), "--min-replicas", "3 is above --max-replicas 2"},
        {scale_of("g", 1, 2), "--replicas", "1 is below --min-replicas 2"},
        {scale_of("g", 3, {}, 2), "--replicas", "3 is above --max-replicas 2"},
    };
    for (auto const& row : rows) {
        std::vector<problem> const found = validate(std::vector{row.wanted});
        ASSERT_EQ(found.size(), 1U) << row.why;
        EXPECT_EQ(found[0].where, row.where);
        EXPECT_THAT(found[0].message, testing::HasSubstr(row.why));
    }
    EXPECT_TRUE(validate(std::vector{scale_of("g", 2, 1, 3)}).empty());
    EXPECT_EQ(validate(std::vector{scale_of("g", 2), scale_of("g", 3)}).size(), 1U) << "given twice";
}

}  // namespace
}  // namespace kuberay::ray
