#include <kuberay/base/json.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/cron_job.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/service.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

json::value document(std::string_view text) { return parse_json(text).value(); }

TEST(ray_cluster, reads_what_it_knows_and_ignores_the_rest)
{
    cluster const read = cluster::from_json(document(R"({
        "apiVersion": "ray.io/v1", "kind": "RayCluster",
        "metadata": {"name": "demo", "namespace": "a", "uid": "u1", "managedFields": [{}]},
        "spec": {"rayVersion": "2.52.0", "futureField": {"x": 1}, "suspend": null,
            "autoscalerOptions": {"version": "v2", "idleTimeoutSeconds": 30},
            "authOptions": {"mode": "token"},
            "headGroupSpec": {"template": {"spec": {"containers": []}}},
            "workerGroupSpecs": [{"groupName": "g", "replicas": 3, "numOfHosts": 4, "template": {}}]},
        "status": {"state": "ready", "desiredCPU": "1500m", "desiredMemory": 4294967296, "desiredWorkerReplicas": 12,
            "head": {"podIP": "10.0.0.1", "podName": "demo-head"},
            "conditions": [{"type": "HeadPodReady", "status": "True"}],
            "stateTransitionTimes": {"ready": "2026-01-31T12:00:00Z"}}})"));
    EXPECT_EQ(read.metadata.name, "demo");
    EXPECT_EQ(read.metadata.uid, "u1");
    EXPECT_FALSE(read.spec.suspend.has_value());
    EXPECT_EQ(read.spec.autoscaler_options.value().version, "v2");
    EXPECT_EQ(read.spec.auth_options.value().mode, "token");
    worker_group const* group = find_worker_group(read.spec, "g");
    ASSERT_NE(group, nullptr);
    EXPECT_EQ(group->wanted_replicas(), 3);
    EXPECT_EQ(group->hosts(), 4);
    EXPECT_EQ(find_worker_group(read.spec, "h"), nullptr);
    EXPECT_EQ(read.status.desired_cpu.str(), "1500m");
    EXPECT_EQ(read.status.desired_memory.to_int64(), 4294967296);
    EXPECT_EQ(read.status.head.pod_ip, "10.0.0.1");
    EXPECT_EQ(read.status.conditions.at(0).type, "HeadPodReady");
    EXPECT_EQ(format_rfc3339(read.status.state_transition_times.at("ready")), "2026-01-31T12:00:00Z");
}

TEST(ray_cluster, names_the_field_that_has_the_wrong_type)
{
    try {
        cluster::from_json(document(R"({"spec": {"workerGroupSpecs": [{}, {"replicas": "three"}]}})"));
        FAIL() << "accepted";
    } catch (failure const& f) {
        EXPECT_EQ(f.error().code(), errc::bad_document);
        EXPECT_EQ(f.error().message(), "spec.workerGroupSpecs[1].replicas: expected an integer");
    }
}

TEST(ray_cluster, writes_only_what_is_set)
{
    cluster made;
    made.metadata.name = "demo";
    made.spec.ray_version = "2.52.0";
    worker_group group;
    group.group_name = "g";
    group.replicas = 0;
    made.spec.worker_group_specs.push_back(group);
    EXPECT_EQ(
        to_json(json::value(made.to_json())),
        R"({"apiVersion":"ray.io/v1","kind":"RayCluster","metadata":{"name":"demo"},)"
        R"("spec":{"rayVersion":"2.52.0","workerGroupSpecs":[{"groupName":"g","replicas":0}]}})"
    );
}

TEST(ray_job, keeps_its_outcome_and_its_cluster)
{
    job const read = job::from_json(document(R"({"metadata": {"name": "j"},
        "spec": {"entrypoint": "python x.py", "submissionMode": "InteractiveMode", "ttlSecondsAfterFinished": 0,
            "entrypointNumCpus": 0.5, "rayClusterSpec": {"rayVersion": "2.52.0"}},
        "status": {"jobStatus": "FAILED", "jobDeploymentStatus": "Failed", "reason": "AppFailed",
            "rayClusterName": "j-abc", "startTime": "2026-01-31T12:00:00Z",
            "rayClusterStatus": {"head": {"serviceName": "j-head-svc"}}}})"));
    EXPECT_EQ(read.spec.submission_mode, submission_mode::interactive);
    EXPECT_EQ(read.spec.entrypoint_num_cpus, 0.5);
    EXPECT_EQ(read.spec.ray_cluster_spec.value().ray_version, "2.52.0");
    EXPECT_EQ(read.status.ray_cluster_status.head.service_name, "j-head-svc");
    EXPECT_TRUE(is_finished(read.status));
    job_status waiting;
    waiting.deployment_status = job_deployment::waiting;
    EXPECT_FALSE(is_finished(waiting));
    EXPECT_FALSE(is_finished(job_status()));
}

TEST(ray_service, knows_both_of_its_clusters)
{
    service const read = service::from_json(document(R"({"metadata": {"name": "s"},
        "spec": {"serveConfigV2": "applications: []", "rayClusterConfig": {"rayVersion": "2.52.0"}},
        "status": {"serviceStatus": "Running", "numServeEndpoints": 2,
            "activeServiceStatus": {"rayClusterName": "s-1", "applicationStatuses": {"app": {"status": "RUNNING",
                "serveDeploymentStatuses": {"d": {"status": "HEALTHY"}}}}},
            "pendingServiceStatus": {"rayClusterName": "s-2"}}})"));
    EXPECT_EQ(read.status.active.ray_cluster_name, "s-1");
    EXPECT_EQ(read.status.pending.ray_cluster_name, "s-2");
    EXPECT_EQ(read.status.active.applications.at("app").deployments.at("d").status, "HEALTHY");
    EXPECT_EQ(read.status.service_status_text, "Running");
}

TEST(ray_cron_job, round_trips_its_schedule)
{
    json::value const given = document(R"({"apiVersion":"ray.io/v1","kind":"RayCronJob","metadata":{"name":"c"},)"
                                       R"("spec":{"jobTemplate":{"entrypoint":"x"},"schedule":"0 3 * * *",)"
                                       R"("timeZone":"Europe/Berlin","suspend":true},)"
                                       R"("status":{"lastScheduleTime":"2026-01-31T03:00:00Z"}})");
    cron_job const read = cron_job::from_json(given);
    EXPECT_EQ(read.schedule, "0 3 * * *");
    EXPECT_TRUE(read.suspend);
    EXPECT_EQ(read.job_template.entrypoint, "x");
    EXPECT_EQ(to_json(json::value(read.to_json())), to_json(given));
}

}  // namespace
}  // namespace kuberay::ray
