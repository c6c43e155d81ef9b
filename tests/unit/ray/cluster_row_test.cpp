#include <kuberay/base/json.hpp>
#include <kuberay/ray/cluster_row.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

timestamp const now = *parse_rfc3339("2026-01-31T12:00:00Z");

char const* const full = R"({
    "metadata": {"name": "alpha", "namespace": "team-a", "creationTimestamp": "2026-01-31T11:54:30Z"},
    "spec": {"rayVersion": "2.52.0", "enableInTreeAutoscaling": true, "autoscalerOptions": {"version": "v2"},
        "headGroupSpec": {"template": {"spec": {"containers": [{"name": "ray-head", "image": "rayproject/ray:2.52.0"}]}}}},
    "status": {"desiredWorkerReplicas": 2, "availableWorkerReplicas": 1, "desiredCPU": "10", "desiredMemory": "20480Mi",
        "conditions": [{"type": "HeadPodReady", "status": "True"}, {"type": "RayClusterProvisioned", "status": "False"}],
        "head": {"podName": "alpha-head", "podIP": "10.0.0.1", "serviceName": "alpha-head-svc"}}})";

TEST(cluster_row, holds_the_cells_of_the_table)
{
    cluster_row const row = row_of_cluster(parse_json(full).value(), now);
    EXPECT_EQ(row.name, "alpha");
    EXPECT_EQ(row.ns, "team-a");
    EXPECT_EQ(row.desired_workers, "2");
    EXPECT_EQ(row.available_workers, "1");
    EXPECT_EQ(row.cpus, "10");
    EXPECT_EQ(row.gpus, "0");
    EXPECT_EQ(row.tpus, "0");
    EXPECT_EQ(row.memory, "20Gi");
    EXPECT_EQ(row.condition, "HeadPodReady");
    EXPECT_EQ(row.status, "");
    EXPECT_EQ(row.age, "5m30s");
    EXPECT_EQ(row.head_pod, "alpha-head");
    EXPECT_EQ(row.head_ip, "10.0.0.1");
    EXPECT_EQ(row.service, "alpha-head-svc");
    EXPECT_EQ(row.autoscaler, "v2");
    EXPECT_EQ(row.ray_version, "2.52.0");
    EXPECT_EQ(row.image, "rayproject/ray:2.52.0");
    EXPECT_EQ(row_of(cluster::from_json(parse_json(full).value()), now), row);
}

TEST(cluster_row, odd_objects_give_a_row_and_no_error)
{
    for (char const* odd :
         {"{}", "[]", "null", R"({"status": 3, "spec": []})",
          R"({"status": {"conditions": [7, null], "desiredCPU": "many", "head": "x"}})"}) {
        cluster_row const row = row_of_cluster(parse_json(odd).value(), now);
        EXPECT_EQ(row.name, "") << odd;
        EXPECT_EQ(row.cpus, "0") << odd;
        EXPECT_EQ(row.desired_workers, "0") << odd;
        EXPECT_EQ(row.age, "<unknown>") << odd;
    }
}

}  // namespace
}  // namespace kuberay::ray
