#include <kuberay/base/json.hpp>
#include <kuberay/ray/group_edit.hpp>
#include <kuberay/ray/suspend.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

json::object object_of(std::string_view text) { return parse_json(text).value().as_object(); }

std::string operations_of(edit_plan const& plan) { return to_json(json::value(plan.operations)); }

TEST(suspend, sets_and_clears_one_field)
{
    auto const fresh = object_of(R"({"kind": "RayCluster", "metadata": {"name": "c"}, "spec": {}})");
    EXPECT_EQ(
        operations_of(plan_suspension(target_kind::cluster, fresh, suspension::suspend)),
        R"([{"op":"add","path":"/spec/suspend","value":true}])"
    );
    EXPECT_TRUE(plan_suspension(target_kind::cluster, fresh, suspension::resume).changes.empty());
    auto const suspended = object_of(R"({"spec": {"suspend": true}})");
    EXPECT_EQ(
        operations_of(plan_suspension(target_kind::cluster, suspended, suspension::resume)),
        R"([{"op":"test","path":"/spec/suspend","value":true},{"op":"replace","path":"/spec/suspend","value":false}])"
    );
}

TEST(suspend, a_job_that_the_operator_could_not_suspend_is_refused)
{
    struct {
        char const* object;
        char const* why;
    } const rows[] = {
        {R"({"spec": {}})", "shutdownAfterJobFinishes is false"},
        {R"({"spec": {"shutdownAfterJobFinishes": true, "clusterSelector": {"ray.io/cluster": "c"}}})",
         "clusterSelector"},
        {R"({"spec": {"shutdownAfterJobFinishes": true}, "status": {"jobDeploymentStatus": "Complete"}})", "is finished"
        },
    };
    for (auto const& row : rows) {
        try {
            plan_suspension(target_kind::job, object_of(row.object), suspension::suspend);
            FAIL() << row.object;
        } catch (failure const& f) {
            EXPECT_EQ(f.error().code(), errc::bad_input);
            EXPECT_THAT(f.error().message(), testing::HasSubstr(row.why));
        }
    }
    auto const fine = object_of(R"({"spec": {"shutdownAfterJobFinishes": true}})");
    EXPECT_EQ(plan_suspension(target_kind::job, fine, suspension::suspend).changes.size(), 1U);
}

TEST(group_edit, a_group_is_appended_under_the_guard_of_the_generation)
{
    auto const cluster = object_of(R"({"kind": "RayCluster", "metadata": {"name": "c", "generation": 7},
        "spec": {"workerGroupSpecs": [{"groupName": "a"}]}})");
    EXPECT_EQ(
        operations_of(plan_add_group(cluster, object_of(R"({"groupName": "b"})"))),
        R"([{"op":"test","path":"/metadata/generation","value":7},)"
        R"({"op":"add","path":"/spec/workerGroupSpecs/-","value":{"groupName":"b"}}])"
    );
    EXPECT_THROW(plan_add_group(cluster, object_of(R"({"groupName": "a"})")), failure);
    auto const without = object_of(R"({"spec": {}})");
    EXPECT_EQ(
        operations_of(plan_add_group(without, object_of(R"({"groupName": "b"})"))),
        R"([{"op":"add","path":"/spec/workerGroupSpecs","value":[{"groupName":"b"}]}])"
    );
}

TEST(group_edit, a_group_is_removed_by_its_place_and_name)
{
    auto const cluster = object_of(R"({"metadata": {"generation": 2},
        "spec": {"workerGroupSpecs": [{"groupName": "a"}, {"groupName": "b"}]}})");
    EXPECT_EQ(
        operations_of(plan_remove_group(cluster, "b")),
        R"([{"op":"test","path":"/metadata/generation","value":2},)"
        R"({"op":"test","path":"/spec/workerGroupSpecs/1/groupName","value":"b"},)"
        R"({"op":"remove","path":"/spec/workerGroupSpecs/1"}])"
    );
    EXPECT_THROW(plan_remove_group(cluster, "c"), failure);
}

}  // namespace
}  // namespace kuberay::ray
