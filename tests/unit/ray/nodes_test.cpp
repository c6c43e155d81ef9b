#include <kuberay/base/json.hpp>
#include <kuberay/ray/nodes.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

timestamp const now = *parse_rfc3339("2026-01-31T12:00:00Z");

TEST(nodes, a_row_holds_the_requests_of_the_first_container_and_rays_labels)
{
    node_row const row = row_of(
        kube::pod::from_json(parse_json(R"({"metadata": {"name": "alpha-head-x", "namespace": "a",
            "creationTimestamp": "2026-01-31T11:58:25Z",
            "labels": {"ray.io/cluster": "alpha", "ray.io/node-type": "head", "ray.io/group": "headgroup"}},
            "spec": {"nodeName": "n1", "containers": [{"name": "ray-head", "resources":
                {"requests": {"cpu": "2000m", "memory": "4096Mi"}, "limits": {"nvidia.com/gpu": "1"}}}, {"name": "side"}]},
            "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [
                {"name": "ray-head", "ready": true, "restartCount": 2}, {"name": "side", "ready": false, "restartCount": 1}]}})"
        )
                                 .value()),
        now
    );
    EXPECT_EQ(row.cpus, "2");
    EXPECT_EQ(row.memory, "4Gi");
    EXPECT_EQ(row.gpus, "0") << "limits are no requests";
    EXPECT_EQ(row.cluster, "alpha");
    EXPECT_EQ(row.type, "head");
    EXPECT_EQ(row.group, "headgroup");
    EXPECT_EQ(row.age, "95s");
    EXPECT_EQ(row.ready, "1/2");
    EXPECT_EQ(row.restarts, "3");
    EXPECT_EQ(row.node, "n1");
    EXPECT_EQ(row.pod_ip, "10.0.0.1");
    EXPECT_EQ(row.phase, "Running");
}

TEST(nodes, an_odd_pod_gives_a_row_and_no_error)
{
    node_row const row = row_of(kube::pod::from_json(parse_json("{}").value()), now);
    EXPECT_EQ(row.cpus, "0");
    EXPECT_EQ(row.age, "<unknown>");
    EXPECT_EQ(row.ready, "0/0");
}

}  // namespace
}  // namespace kuberay::ray
