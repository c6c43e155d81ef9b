#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_head.hpp>
#include <kuberay/testing/ray_operator.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <utility>

using namespace kuberay;
using kuberay::testing::api_server;
using kuberay::testing::entrypoint_call;
using kuberay::testing::pod_streams;
using kuberay::testing::ray_head;
using kuberay::testing::ray_head_options;
using kuberay::testing::ray_operator;

namespace {

constexpr char const* cluster_spec =
    "rayClusterSpec: {headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: x}]}}}}";

ray_head_options without_processes()
{
    ray_head_options options;
    options.runs_processes = false;
    return options;
}

/// "exit N" ends with that; "wait" when it is stopped.
task<int> run_entrypoint(entrypoint_call call)
{
    task<void> writing = call.write("output of " + call.entrypoint + "\n");
    co_await std::move(writing);
    if (call.entrypoint == "wait") {
        task<void> waiting = call.until_stopped();
        co_await std::move(waiting);
    }
    co_return call.entrypoint == "fail" ? 3 : 0;
}

/// A server, an operator and one head.
struct job_world {
    explicit job_world(asio::any_io_executor executor)
        : server(executor)
        , pods(server)
        , head(executor, without_processes())
        , ray(server)
    {
        server.start();
        head.on_entrypoint(&run_entrypoint);
        head.attach_to(pods);
        ray.use_head(head);
        ray.write_logs_to(pods);
    }

    void put_job(std::string const& spec)
    {
        server.put_yaml("{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: job}, spec: {" + spec + "}}");
    }

    void change_spec(std::string const& member, json::value value)
    {
        json::object job = server.find("rayjobs.ray.io", "default", "job").value();
        job["spec"].as_object()[member] = std::move(value);
        server.put(std::move(job));
    }

    std::string text(std::string const& path) const
    {
        std::optional<json::object> const job = server.find("rayjobs.ray.io", "default", "job");
        if (!job) return "(absent)";
        json::value const root = *job;
        json::value const* found = find_path(root, path);
        return !found ? "" : found->is_string() ? std::string(found->get_string()) : to_json(*found);
    }

    task<void> until_state(std::string state)
    {
        return server.until([this, state] { return text("status.jobDeploymentStatus") == state; });
    }

    task<void> until_text(std::string path, std::string wanted)
    {
        return server.until([this, path, wanted] { return text(path) == wanted; });
    }

    task<void> until_no_cluster()
    {
        return server.until([this] { return clusters() == 0; });
    }

    task<void> until_job(std::string id, std::string status) const
    {
        return head.until([this, id, status] { return head.status_of(id) == status; });
    }

    std::size_t clusters() const { return server.all("rayclusters.ray.io").size(); }

    api_server server;
    pod_streams pods;
    ray_head head;
    ray_operator ray;
};

json::object submission(std::string const& id, std::string const& entrypoint)
{
    json::object request;
    request["entrypoint"] = entrypoint;
    request["submission_id"] = id;
    return request;
}

struct fault_row {
    std::string spec, message;
};

std::vector<fault_row> const faults = {
    {"entrypoint: x", "The RayJob spec is invalid: one of RayClusterSpec or ClusterSelector must be set"},
    {std::string("ttlSecondsAfterFinished: 5, ") + cluster_spec,
     "The RayJob spec is invalid: a RayJob with shutdownAfterJobFinishes set to false cannot have "
     "TTLSecondsAfterFinished"},
    {std::string("suspend: true, ") + cluster_spec,
     "The RayJob spec is invalid: a RayJob with shutdownAfterJobFinishes set to false is not allowed to be suspended"},
    {std::string("submissionMode: InteractiveMode, backoffLimit: 1, ") + cluster_spec,
     "The RayJob spec is invalid: BackoffLimit is incompatible with InteractiveMode"},
    {"clusterSelector: {other: x}", "cluster name in ClusterSelector should not be empty"},
    {"submissionMode: SidecarMode, clusterSelector: {ray.io/cluster: x}",
     "ClusterSelector is not supported in SidecarMode"},
};

}  // namespace

KUBERAY_CO_TEST(ray_jobs, an_interactive_job_follows_what_was_submitted)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: InteractiveMode, shutdownAfterJobFinishes: true, ") + cluster_spec);
    co_await world.until_state("Waiting");
    EXPECT_EQ(world.text("status.jobId"), "");
    EXPECT_NE(world.text("status.dashboardURL").find("-head-svc.default.svc.cluster.local:8265"), std::string::npos);
    world.change_spec("jobId", "one");
    co_await world.until_state("Running");
    EXPECT_EQ(world.text("status.jobStatus"), "") << "nobody has submitted it yet";
    std::string const id = world.head.submit(submission("one", "wait"));
    co_await world.until_text("status.jobStatus", "RUNNING");
    EXPECT_EQ(world.text("status.message"), "Job is currently running.");
    EXPECT_EQ(world.clusters(), 1U);
    world.head.stop_job("one");
    co_await world.until_state("Complete");
    EXPECT_EQ(world.text("status.jobStatus"), "STOPPED");
    EXPECT_EQ(world.text("status.succeeded"), "0");
    co_await world.until_no_cluster();
}

KUBERAY_CO_TEST(ray_jobs, a_failed_job_keeps_its_cluster_without_shutdown)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: HTTPMode, entrypoint: fail, ") + cluster_spec);
    co_await world.until_state("Failed");
    EXPECT_EQ(world.text("status.reason"), "AppFailed");
    EXPECT_EQ(world.text("status.jobStatus"), "FAILED");
    EXPECT_EQ(world.text("status.failed"), "1");
    EXPECT_TRUE(world.text("status.message").starts_with("Job entrypoint command failed with exit code 3"));
    EXPECT_EQ(world.clusters(), 1U);
}

KUBERAY_CO_TEST(ray_jobs, the_operator_submits_in_http_mode)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(
        std::string("submissionMode: HTTPMode, entrypoint: do, jobId: mine, metadata: {a: b}, runtimeEnvYAML: "
                    "\"env_vars: {X: z}\", ")
        + cluster_spec
    );
    co_await world.until_state("Complete");
    json::object const job = *world.head.find("mine");
    EXPECT_EQ(to_json(job.at("metadata")), R"({"a":"b"})");
    EXPECT_EQ(to_json(job.at("runtime_env")), R"({"env_vars":{"X":"z"}})");
    EXPECT_EQ(world.text("status.succeeded"), "1");
    EXPECT_NE(world.text("status.rayJobInfo.endTime"), "");
}

KUBERAY_CO_TEST(ray_jobs, a_submitter_has_a_pod_with_the_output)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("entrypoint: do, ") + cluster_spec);
    co_await world.until_state("Complete");
    std::string submitter;
    for (json::object const& pod : world.server.all("pods"))
        if (pod.at("metadata").at("labels").as_object().contains("job-name")) {
            submitter = pod.at("metadata").at("name").as_string();
            EXPECT_EQ(pod.at("status").at("phase"), "Succeeded");
        }
    kube::client const client(co_await asio::this_coro::executor, world.server.config());
    net::http_request const request("GET", "/api/v1/namespaces/default/pods/" + submitter + "/log");
    net::http_response answer = co_await client.send(request);
    std::string const log = co_await answer.read_all();
    EXPECT_NE(log.find("output of do\n"), std::string::npos) << submitter << ": " << log;
}

KUBERAY_CO_TEST(ray_jobs, a_sidecar_submits_beside_the_head)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: SidecarMode, entrypoint: fail, ") + cluster_spec);
    co_await world.until_state("Failed");
    EXPECT_EQ(world.text("status.reason"), "AppFailed");
    bool seen = false;
    for (json::object const& pod : world.server.all("pods"))
        for (json::value const& one : pod.at("status").at("containerStatuses").as_array())
            if (string_at(one, "name") == "ray-job-submitter") {
                seen = true;
                EXPECT_EQ(int_at(one, "state.terminated.exitCode"), 1);
            }
    EXPECT_TRUE(seen);
}

KUBERAY_CO_TEST(ray_jobs, specs_that_cannot_be_are_refused)
{
    for (fault_row const& row : faults) {
        job_world world(co_await asio::this_coro::executor);
        world.put_job(row.spec);
        co_await world.until_state("ValidationFailed");
        EXPECT_EQ(world.text("status.message"), row.message) << row.spec;
        EXPECT_EQ(world.text("status.reason"), "ValidationFailed") << row.spec;
        EXPECT_EQ(world.clusters(), 0U) << row.spec;
    }
}

KUBERAY_CO_TEST(ray_jobs, a_selected_cluster_is_used_and_kept)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job("submissionMode: HTTPMode, entrypoint: do, shutdownAfterJobFinishes: true, clusterSelector: "
                  "{ray.io/cluster: own}");
    co_await world.until_state("Initializing");
    world.server.put_yaml(
        R"({apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: own}, spec: {headGroupSpec: {rayStartParams: {},
        template: {spec: {containers: [{name: ray, image: x}]}}}}})"
    );
    // Nothing of the job has changed: the operator looks again by itself.
    co_await world.until_state("Complete");
    EXPECT_EQ(world.text("status.rayClusterName"), "own");
    EXPECT_EQ(world.clusters(), 1U);
}

KUBERAY_CO_TEST(ray_jobs, suspending_gives_the_cluster_up_and_resuming_starts_anew)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(
        std::string("submissionMode: HTTPMode, entrypoint: wait, shutdownAfterJobFinishes: true, ") + cluster_spec
    );
    co_await world.until_text("status.jobStatus", "RUNNING");
    std::string const first = world.text("status.jobId");
    world.change_spec("suspend", true);
    co_await world.until_state("Suspended");
    EXPECT_EQ(world.clusters(), 0U);
    EXPECT_EQ(world.text("status.jobId"), "");
    world.change_spec("suspend", false);
    co_await world.until_text("status.jobStatus", "RUNNING");
    EXPECT_NE(world.text("status.jobId"), first);
}

KUBERAY_CO_TEST(ray_jobs, a_failed_attempt_is_made_again_within_the_backoff_limit)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: HTTPMode, entrypoint: fail, backoffLimit: 1, ") + cluster_spec);
    co_await world.until_text("status.failed", "2");
    co_await world.until_state("Failed");
    EXPECT_EQ(world.head.requests("POST", "/api/jobs/"), 0U) << "the operator has its own way in";
}

KUBERAY_CO_TEST(ray_jobs, a_deleted_job_is_stopped)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: HTTPMode, entrypoint: wait, jobId: it, ") + cluster_spec);
    co_await world.until_text("status.jobStatus", "RUNNING");
    kube::client const client(co_await asio::this_coro::executor, world.server.config());
    net::http_request const request("DELETE", "/apis/ray.io/v1/namespaces/default/rayjobs/job");
    net::http_response answer = co_await client.send(request);
    EXPECT_EQ(answer.status(), 200);
    co_await world.until_job("it", "STOPPED");
    co_await world.until_text("metadata.name", "(absent)");
}

KUBERAY_CO_TEST(ray_jobs, a_deadline_ends_a_job_by_the_clock_of_the_server)
{
    job_world world(co_await asio::this_coro::executor);
    world.put_job(std::string("submissionMode: InteractiveMode, preRunningDeadlineSeconds: 60, ") + cluster_spec);
    co_await world.until_state("Waiting");
    world.server.set_time(world.server.now() + std::chrono::seconds(61));
    world.change_spec("entrypoint", "anything");
    co_await world.until_state("Failed");
    EXPECT_EQ(world.text("status.reason"), "PreRunningDeadlineExceeded");
    EXPECT_NE(world.text("status.message").find("PreRunningDeadlineSeconds: 60"), std::string::npos);
}
