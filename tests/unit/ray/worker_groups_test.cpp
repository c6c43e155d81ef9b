#include <kuberay/base/json.hpp>
#include <kuberay/ray/worker_groups.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

kube::pod pod_of(std::string_view group, bool ready, std::string_view replica = "", std::string_view owner = "alpha")
{
    std::string text = R"({"metadata": {"labels": {"ray.io/node-type": "worker", "ray.io/cluster": ")"
                       + std::string(owner) + R"(", "ray.io/group": ")" + std::string(group) + '"';
    if (!replica.empty()) text += R"(, "ray.io/worker-group-replica-name": ")" + std::string(replica) + '"';
    text += R"(}}, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ")";
    text += ready ? "True" : "False";
    return kube::pod::from_json(parse_json(text + R"("}]}})").value());
}

cluster cluster_of(std::string_view groups, std::string_view more = "")
{
    std::string const text = R"({"metadata": {"name": "alpha", "namespace": "team-a"}, "spec": {)" + std::string(more)
                             + R"("workerGroupSpecs": [)" + std::string(groups) + "]}}";
    return cluster::from_json(parse_json(text).value());
}

constexpr std::string_view pool = R"({"groupName": "pool", "replicas": 3, "template": {"spec": {
    "initContainers": [{"resources": {"requests": {"cpu": "100"}}}],
    "containers": [{"resources": {"requests": {"cpu": "3500m", "memory": "7Gi"}, "limits": {"cpu": "9", "nvidia.com/gpu": "1"}}},
        {"resources": {"limits": {"cpu": "500m", "memory": "1Gi"}}}]}}})";

TEST(worker_groups, requests_win_over_limits_and_all_containers_count_but_no_init_container)
{
    auto const rows = rows_of(cluster_of(pool), {pod_of("pool", true), pod_of("pool", true), pod_of("pool", false)});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].cpus.str(), "12");
    EXPECT_EQ(rows[0].gpus.str(), "3");
    EXPECT_EQ(rows[0].tpus.str(), "0");
    EXPECT_EQ(rows[0].memory.str(), "24Gi");
    EXPECT_EQ(rows[0].min, 0);
    EXPECT_EQ(rows[0].max, 2147483647);
    EXPECT_EQ(rows[0].ready, 2);
    EXPECT_EQ(rows[0].replicas, 3);
    EXPECT_EQ(rows[0].cluster, "alpha");
    EXPECT_EQ(rows[0].ns, "team-a");
}

TEST(worker_groups, hosts_multiply_and_only_complete_replicas_are_ready)
{
    constexpr std::string_view slices = R"({"groupName": "tpu", "replicas": 2, "numOfHosts": 2, "template": {"spec": {
        "containers": [{"resources": {"requests": {"cpu": "1", "google.com/tpu": "4"}}}]}}})";
    auto const labelled = rows_of(
        cluster_of(slices),
        {pod_of("tpu", true, "a"), pod_of("tpu", false, "a"), pod_of("tpu", true, "b"), pod_of("tpu", true, "b")}
    );
    EXPECT_EQ(labelled[0].ready, 1);
    EXPECT_EQ(labelled[0].ready_pods, 3);
    EXPECT_EQ(labelled[0].cpus.str(), "4");
    EXPECT_EQ(labelled[0].tpus.str(), "16");
    auto const unlabelled =
        rows_of(cluster_of(slices), {pod_of("tpu", true), pod_of("tpu", true), pod_of("tpu", true)});
    EXPECT_EQ(unlabelled[0].ready, 1) << "without labels as many as the ready pods fill";
}

TEST(worker_groups, a_suspended_or_empty_group_asks_for_nothing)
{
    std::string suspended(pool);
    suspended.insert(1, R"("suspend": true, )");
    EXPECT_TRUE(rows_of(cluster_of(suspended), {})[0].cpus.is_zero());
    EXPECT_TRUE(rows_of(cluster_of(suspended), {})[0].suspended);
    EXPECT_TRUE(rows_of(cluster_of(pool, R"("suspend": true, )"), {})[0].suspended) << "with its cluster";
    EXPECT_TRUE(rows_of(cluster_of(R"({"groupName": "g"})"), {})[0].memory.is_zero());
}

TEST(worker_groups, pods_of_other_clusters_and_groups_do_not_count)
{
    auto const rows = rows_of(cluster_of(pool), {pod_of("pool", true, "", "beta"), pod_of("other", true)});
    EXPECT_EQ(rows[0].ready, 0);
}

TEST(worker_groups, a_group_without_a_name_is_an_error_that_says_where)
{
    try {
        rows_of(cluster_of(R"({"replicas": 1})"), {});
        FAIL() << "accepted";
    } catch (failure const& f) {
        EXPECT_EQ(f.error().code(), errc::bad_document);
        EXPECT_EQ(
            f.error().message(), "the RayCluster \"alpha\" in namespace \"team-a\" has a worker group without a name"
        );
    }
}

}  // namespace
}  // namespace kuberay::ray
