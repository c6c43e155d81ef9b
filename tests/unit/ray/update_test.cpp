#include <kuberay/base/json.hpp>
#include <kuberay/ray/update.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

using testing::ElementsAre;

json::object cluster_as_it_is()
{
    return parse_json(R"({"kind": "RayCluster", "metadata": {"name": "demo", "namespace": "a", "generation": 4,
        "resourceVersion": "9", "labels": {"tier": "silver"}},
        "spec": {"rayVersion": "2.46.0",
            "headGroupSpec": {"template": {"spec": {"containers": [{"image": "rayproject/ray:2.46.0",
                "resources": {"limits": {"memory": "4Gi"}, "requests": {"cpu": "2", "memory": "4Gi"}}}]}}},
            "workerGroupSpecs": [
                {"groupName": "a", "replicas": 1, "minReplicas": 0, "maxReplicas": 5,
                    "template": {"spec": {"containers": [{"image": "rayproject/ray:2.46.0", "env": [{"name": "X", "value": "1"}]}]}}},
                {"groupName": "b", "template": {"spec": {"containers": [{"image": "mine:1"}]}}}]}})")
        .value()
        .as_object();
}

std::vector<std::string> changes_of(edit_plan const& plan)
{
    std::vector<std::string> lines;
    for (field_change const& c : plan.changes)
        lines.push_back(c.field + ": " + c.from + " -> " + c.to);
    return lines;
}

TEST(update, nothing_asked_for_is_nothing_to_do)
{
    edit_plan const plan = plan_update(cluster_as_it_is(), cluster_update());
    EXPECT_TRUE(plan.operations.empty());
    EXPECT_TRUE(plan.changes.empty());
}

TEST(update, images_of_the_old_version_follow_the_new_one_and_others_stay)
{
    cluster_update update;
    update.ray_version = "2.52.0";
    edit_plan const plan = plan_update(cluster_as_it_is(), update);
    EXPECT_THAT(
        changes_of(plan), ElementsAre(
                              "head image: rayproject/ray:2.46.0 -> rayproject/ray:2.52.0",
                              "a image: rayproject/ray:2.46.0 -> rayproject/ray:2.52.0", "Ray version: 2.46.0 -> 2.52.0"
                          )
    );
    EXPECT_EQ(to_json(plan.operations.at(0)), R"({"op":"test","path":"/metadata/generation","value":4})");
}

TEST(update, amounts_change_in_requests_and_limits_but_no_cpu_limit_is_made)
{
    cluster_update update;
    update.head.cpu = "4000m";
    update.head.memory = "8Gi";
    edit_plan const plan = plan_update(cluster_as_it_is(), update);
    EXPECT_THAT(
        changes_of(plan), ElementsAre("head cpu: 2 -> 4", "head memory: 4Gi -> 8Gi", "head memory limit: 4Gi -> 8Gi")
    );
    ASSERT_EQ(plan.operations.size(), 2U);
    EXPECT_EQ(
        to_json(plan.operations.at(1)),
        R"({"op":"replace","path":"/spec/headGroupSpec/template/spec/containers/0/resources",)"
        R"("value":{"limits":{"memory":"8Gi"},"requests":{"cpu":"4","memory":"8Gi"}}})"
    );
}

TEST(update, zero_takes_an_amount_out_and_missing_resources_are_made)
{
    cluster_update update;
    update.head.memory = "0";
    update.group = "b";
    update.workers.gpu = "1";
    edit_plan const plan = plan_update(cluster_as_it_is(), update);
    EXPECT_THAT(
        changes_of(plan), ElementsAre(
                              "head memory: 4Gi -> ", "head memory limit: 4Gi -> ", "b nvidia.com/gpu:  -> 1",
                              "b nvidia.com/gpu limit:  -> 1"
                          )
    );
}

TEST(update, environment_labels_replicas_and_strategy)
{
    cluster_update update;
    update.labels = {{"tier", "gold"}, {"a/b", "c"}};
    update.annotations = {{"note", "x"}};
    update.env = {{"X", "2"}, {"Y", "3"}};
    update.group = "a";
    update.replicas = 3;
    update.recreate = true;
    edit_plan const plan = plan_update(cluster_as_it_is(), update);
    EXPECT_THAT(
        changes_of(plan),
        ElementsAre(
            "label a/b:  -> c", "label tier: silver -> gold", "annotation note:  -> x",
            R"(a env: [{"name":"X","value":"1"}] -> [{"name":"X","value":"2"},{"name":"Y","value":"3"}])",
            "upgrade strategy:  -> Recreate", "a: replicas: 1 -> 3"
        )
    );
    std::string const operations = to_json(json::value(plan.operations));
    EXPECT_THAT(operations, testing::HasSubstr(R"("path":"/metadata/labels/a~1b")"));
    EXPECT_THAT(operations, testing::HasSubstr(R"({"op":"test","path":"/metadata/resourceVersion","value":"9"})"));
}

TEST(update, what_does_not_fit_is_refused)
{
    cluster_update unknown;
    unknown.group = "c";
    EXPECT_THROW(plan_update(cluster_as_it_is(), unknown), failure);
    cluster_update which;
    which.replicas = 2;
    EXPECT_THROW(plan_update(cluster_as_it_is(), which), failure);
    cluster_update above;
    above.group = "a";
    above.replicas = 9;
    EXPECT_THROW(plan_update(cluster_as_it_is(), above), failure);
    cluster_update amounts;
    amounts.head.cpu = "x";
    amounts.workers.memory = "1GB";
    std::vector<problem> const found = validate(amounts);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].where, "--worker-memory");
}

TEST(update, pods_of_the_old_template_are_stale)
{
    auto const pod = [](std::string_view name, std::string_view image, std::string_view cpu) {
        std::string const text = R"({"metadata": {"name": ")" + std::string(name)
                                 + R"(", "labels": {"ray.io/node-type": "head"}},
            "spec": {"containers": [{"image": ")"
                                 + std::string(image) + R"(", "resources": {"requests": {"memory": "4Gi",
            "cpu": ")" + std::string(cpu)
                                 + R"("}}}]}})";
        return kube::pod::from_json(parse_json(text).value());
    };
    std::string const image = "rayproject/ray:2.46.0";
    EXPECT_THAT(
        stale_pods(cluster_as_it_is(), {pod("same", image, "2000m"), pod("image", "old", "2"), pod("cpu", image, "1")}),
        ElementsAre("image", "cpu")
    );
    EXPECT_FALSE(recreates_pods(cluster_as_it_is()));
}

}  // namespace
}  // namespace kuberay::ray
