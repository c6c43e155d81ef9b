#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include <optional>

using namespace kuberay;
using kuberay::testing::api_server;
using kuberay::testing::pod_trouble;
using kuberay::testing::ray_operator;

namespace {

/// A server with the stand-in beside it, on an io_context that is run by hand.
class ray_stand_in : public ::testing::Test {
protected:
    ray_stand_in()
        : server(io.get_executor())
        , ray(server)
    {
        server.set_time(parse_rfc3339("2026-01-01T00:00:00Z").value());
    }

    void put_cluster(std::string const& more = std::string())
    {
        server.put_yaml(R"({apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: demo}, spec: {)" + more + R"(
              headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [
                {name: ray, image: x, resources: {requests: {cpu: "2", memory: 4Gi}}}]}}},
              workerGroupSpecs: [{groupName: pool, replicas: 2, minReplicas: 1, maxReplicas: 5, rayStartParams: {},
                template: {spec: {containers: [{name: w, image: x,
                  resources: {requests: {cpu: "500m"}, limits: {memory: 1Gi, nvidia.com/gpu: 1}}}]}}}]}})");
        settle();
    }

    void settle()
    {
        io.restart();
        io.poll();
    }

    void change_spec(std::string const& member, json::value value)
    {
        json::object cluster = server.find("rayclusters.ray.io", "default", "demo").value();
        cluster["spec"].as_object()[member] = std::move(value);
        server.put(std::move(cluster));
        settle();
    }

    std::string
    text(std::string const& path, std::string const& resource = "rayclusters.ray.io", std::string const& name = "demo")
    {
        std::optional<json::object> const found = server.find(resource, "default", name);
        if (!found) return "(absent)";
        json::value const root = *found;
        json::value const* at = find_path(root, path);
        if (!at) return std::string();
        return at->is_string() ? std::string(at->get_string()) : to_json(*at);
    }

    /// "True RayClusterSuspended", or an empty text.
    std::string condition(std::string const& type)
    {
        json::value const root = server.find("rayclusters.ray.io", "default", "demo").value();
        json::value const* all = find_path(root, "status.conditions");
        for (json::value const& one : all ? all->as_array() : json::array())
            if (string_at(one, "type") == type)
                return std::string(string_at(one, "status")) + " " + std::string(string_at(one, "reason"));
        return std::string();
    }

    asio::io_context io{1};
    api_server server;
    ray_operator ray;
};

}  // namespace

TEST_F(ray_stand_in, a_cluster_gets_service_pods_and_status)
{
    put_cluster();
    std::vector<json::object> const pods = server.all("pods", "default");
    ASSERT_EQ(pods.size(), 3u);
    json::value const head = pods[0];
    EXPECT_TRUE(string_at(head, "metadata.name").starts_with("demo-head-"));
    EXPECT_EQ(string_at(head, "status.phase"), "Running");
    EXPECT_EQ(string_at(head, "metadata.ownerReferences.0.name"), "demo");
    EXPECT_EQ(head.at("metadata").at("labels").at("ray.io/group"), json::value("headgroup"));
    json::value const worker = pods[1];
    EXPECT_TRUE(string_at(worker, "metadata.name").starts_with("demo-pool-worker-"));
    EXPECT_EQ(worker.at("metadata").at("labels").at("ray.io/node-type"), json::value("worker"));
    EXPECT_EQ(text("spec.clusterIP", "services", "demo-head-svc"), "None");

    EXPECT_EQ(text("status.state"), "ready");
    EXPECT_EQ(text("status.desiredWorkerReplicas"), "2");
    EXPECT_EQ(text("status.availableWorkerReplicas"), "2");
    EXPECT_EQ(text("status.readyWorkerReplicas"), "2");
    EXPECT_EQ(text("status.minWorkerReplicas"), "1");
    EXPECT_EQ(text("status.maxWorkerReplicas"), "5");
    EXPECT_EQ(text("status.desiredCPU"), "3");
    EXPECT_EQ(text("status.desiredMemory"), "6Gi");
    EXPECT_EQ(text("status.desiredGPU"), "2");
    EXPECT_EQ(text("status.desiredTPU"), "0");
    EXPECT_EQ(text("status.head.serviceName"), "demo-head-svc");
    EXPECT_EQ(text("status.head.podName"), string_at(head, "metadata.name"));
    EXPECT_EQ(text("status.head.podIP"), string_at(head, "status.podIP"));
    EXPECT_EQ(text("status.observedGeneration"), "1");
    EXPECT_EQ(condition("HeadPodReady"), "True HeadPodRunningAndReady");
    EXPECT_EQ(condition("RayClusterProvisioned"), "True AllPodRunningAndReadyFirstTime");
    EXPECT_EQ(condition("RayClusterSuspended"), "False RayClusterSuspended");
}

TEST_F(ray_stand_in, scaling_adds_and_removes_pods)
{
    put_cluster();
    json::value const root = server.find("rayclusters.ray.io", "default", "demo").value();
    json::value groups = root.at("spec").at("workerGroupSpecs");
    groups.as_array()[0].as_object()["replicas"] = 4;
    groups.as_array()[0].as_object()["numOfHosts"] = 2;
    change_spec("workerGroupSpecs", groups);
    EXPECT_EQ(server.all("pods").size(), 9u);
    EXPECT_EQ(text("status.desiredWorkerReplicas"), "8");
    groups.as_array()[0].as_object()["replicas"] = 0;
    change_spec("workerGroupSpecs", groups);
    EXPECT_EQ(server.all("pods").size(), 3u) << "minReplicas is 1";
    groups.as_array()[0].as_object()["suspend"] = true;
    change_spec("workerGroupSpecs", groups);
    EXPECT_EQ(server.all("pods").size(), 1u);
    EXPECT_EQ(text("status.desiredWorkerReplicas"), "");
}

TEST_F(ray_stand_in, held_pods_leave_a_cluster_unready)
{
    ray.hold_pods(true);
    put_cluster();
    EXPECT_EQ(server.all("pods").size(), 3u);
    EXPECT_EQ(text("status.state"), "");
    EXPECT_EQ(condition("HeadPodReady"), "False Unknown");
    EXPECT_EQ(condition("RayClusterProvisioned"), "False RayClusterPodsProvisioning");
    ray.hold_pods(false);
    settle();
    EXPECT_EQ(text("status.state"), "ready");
}

TEST_F(ray_stand_in, a_suspended_cluster_has_no_pods)
{
    put_cluster();
    change_spec("suspend", true);
    EXPECT_EQ(server.all("pods").size(), 0u);
    EXPECT_EQ(text("status.state"), "suspended");
    EXPECT_EQ(condition("RayClusterSuspended"), "True RayClusterSuspended");
    EXPECT_EQ(condition("HeadPodReady"), "False HeadPodNotFound");
    change_spec("suspend", false);
    EXPECT_EQ(server.all("pods").size(), 3u);
    EXPECT_EQ(text("status.state"), "ready");
}

TEST_F(ray_stand_in, a_quota_is_a_replica_failure_that_heals)
{
    ray.limit_pods(1);
    put_cluster();
    EXPECT_EQ(server.all("pods").size(), 2u);
    EXPECT_EQ(condition("ReplicaFailure"), "True FailedCreateWorkerPod");
    EXPECT_EQ(text("status.state"), "");
    ray.limit_pods(-1);
    settle();
    EXPECT_EQ(condition("ReplicaFailure"), "");
    EXPECT_EQ(text("status.state"), "ready");
}

TEST_F(ray_stand_in, troubled_pods_say_why)
{
    ray.set_trouble(pod_trouble::image_pull);
    put_cluster();
    json::value pod = server.all("pods").front();
    EXPECT_EQ(string_at(pod, "status.containerStatuses.0.state.waiting.reason"), "ImagePullBackOff");
    EXPECT_EQ(condition("HeadPodReady"), "False ContainersNotReady");
    server.remove("rayclusters.ray.io", "default", "demo");
    settle();
    EXPECT_EQ(server.all("pods").size(), 0u);
    ray.set_trouble(pod_trouble::unschedulable);
    put_cluster();
    pod = server.all("pods").front();
    EXPECT_EQ(string_at(pod, "status.conditions.0.reason"), "Unschedulable");
    ray.set_trouble(pod_trouble::none);
    settle();
    EXPECT_EQ(text("status.state"), "ready");
}

TEST_F(ray_stand_in, events_tell_what_was_done)
{
    put_cluster();
    std::string reasons;
    for (json::value const event : server.all("events", "default"))
        if (string_at(event, "involvedObject.kind") == "RayCluster")
            reasons += std::string(string_at(event, "reason")) + " ";
    EXPECT_NE(reasons.find("CreatedService"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("CreatedHeadPod"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("CreatedWorkerPod"), std::string::npos) << reasons;
}

TEST_F(ray_stand_in, a_job_gets_its_cluster_and_runs)
{
    server.put_yaml(
        R"({apiVersion: ray.io/v1, kind: RayJob, metadata: {name: job}, spec: {entrypoint: "true", rayClusterSpec: {
        headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: x}]}}}}}})"
    );
    settle();
    EXPECT_EQ(text("status.jobDeploymentStatus", "rayjobs.ray.io", "job"), "Running");
    std::string const cluster = text("status.rayClusterName", "rayjobs.ray.io", "job");
    EXPECT_TRUE(cluster.starts_with("job-")) << cluster;
    EXPECT_EQ(text("status.state", "rayclusters.ray.io", cluster), "ready");
    EXPECT_EQ(text("metadata.ownerReferences.0.kind", "rayclusters.ray.io", cluster), "RayJob");
}

TEST_F(ray_stand_in, an_interactive_job_waits_for_its_submission)
{
    server.put_yaml(
        R"({apiVersion: ray.io/v1, kind: RayJob, metadata: {name: job}, spec: {submissionMode: InteractiveMode,
        rayClusterSpec: {headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: x}]}}}}}})"
    );
    settle();
    EXPECT_EQ(text("status.jobDeploymentStatus", "rayjobs.ray.io", "job"), "Waiting");
    json::object job = server.find("rayjobs.ray.io", "default", "job").value();
    job["spec"].as_object()["jobId"] = "raysubmit_1";
    server.put(std::move(job));
    settle();
    EXPECT_EQ(text("status.jobDeploymentStatus", "rayjobs.ray.io", "job"), "Running");
    EXPECT_EQ(text("status.jobId", "rayjobs.ray.io", "job"), "raysubmit_1");
}

TEST_F(ray_stand_in, a_service_gets_its_cluster_and_endpoints)
{
    server.put_yaml(R"({apiVersion: ray.io/v1, kind: RayService, metadata: {name: serve}, spec: {rayClusterConfig: {
        headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: x}]}}}}}})");
    settle();
    EXPECT_EQ(text("status.serviceStatus", "rayservices.ray.io", "serve"), "Running");
    EXPECT_EQ(text("status.numServeEndpoints", "rayservices.ray.io", "serve"), "1");
    EXPECT_TRUE(server.find("services", "default", "serve-serve-svc").has_value());
}
