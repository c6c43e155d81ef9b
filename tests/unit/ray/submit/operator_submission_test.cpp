#include "unit/ray/submit/world.hpp"

namespace kuberay::ray {
namespace {

using test::into;
using test::message_of;
using test::submit_world;
using ::testing::HasSubstr;

submit_request by_operator(submit_world& world, std::string_view mode)
{
    submit_request made = world.request();
    made.submits = false;
    json::object& spec = made.rayjob["spec"].as_object();
    spec["submissionMode"] = mode;
    spec.erase("jobId");
    return made;
}

/// What the operator does when the cluster is ready. Returns the id.
std::string submit_as_operator(submit_world& world, std::string const& entrypoint)
{
    json::value const now = *world.rayjob();
    json::object job;
    job["entrypoint"] = entrypoint;
    job["submission_id"] = string_at(now, "status.jobId");
    return world.head.submit(job);
}

KUBERAY_CO_TEST(operator_submission, is_waited_for_and_followed)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    std::string id;
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::dashboard_ready) id = submit_as_operator(world, "python train.py");
    };
    job_run const run(world.client, "default", by_operator(world, submission_mode::http));
    co_await run.start();
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_EQ(run.traces().submission_id, id);
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_THAT(output, HasSubstr("ran python train.py"));
    EXPECT_EQ(world.head.requests("POST", "/api/jobs/"), 0U) << "it is the operator who submits";
}

KUBERAY_CO_TEST(operator_submission, a_submitter_that_fails_is_told_with_the_end_of_its_log)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.server.put_yaml(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: train-x1, labels: {job-name: train}}\n"
        "spec: {nodeName: node-1, containers: [{name: ray-job-submitter, image: i}]}\nstatus: {phase: Failed}\n"
    );
    world.streams.append_log("train-x1", "ray-job-submitter", "pip: no such package\n");
    world.streams.end_log("train-x1", "ray-job-submitter");
    world.when_created([&] {
        world.set_status(
            R"({"jobDeploymentStatus": "Failed", "reason": "SubmissionFailed", "message": "backoff limit"})"
        );
    });
    job_run const run(world.client, "default", by_operator(world, submission_mode::k8s_job));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == errc::unsatisfiable);
    EXPECT_THAT(message_of(started), HasSubstr("failed: SubmissionFailed: backoff limit"));
    EXPECT_THAT(message_of(started), HasSubstr("the end of the submitter's log:\npip: no such package"));
}

KUBERAY_CO_TEST(operator_submission, that_never_comes_ends_with_the_deadline)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::dashboard_ready) world.clock += std::chrono::minutes(11);
    };
    job_run const run(world.client, "default", by_operator(world, submission_mode::http));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == errc::timed_out);
    EXPECT_THAT(message_of(started), HasSubstr("waiting for the operator to submit the job of rayjob/train"));
    co_await run.abandon();
    co_await test::gone(&world);
}

KUBERAY_CO_TEST(operator_submission, a_job_that_was_over_before_anybody_looked_has_an_end)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.when_created([&] {
        world.set_status(
            R"({"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED", "jobId": "train-1", "rayClusterName": "gone"})"
        );
    });
    job_run const run(world.client, "default", by_operator(world, submission_mode::http));
    co_await run.start();
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_EQ(ended.submission_id, "train-1");
}

/// A RayJob that another controller drives, and which is over before the run can look at it.
struct finished_early {
    explicit finished_early(submit_world& world)
        : request(by_operator(world, submission_mode::k8s_job))
    {
        request.rayjob["spec"].as_object()["managedBy"] = "example.com/queue";
        world.when_created([&world, this] {
            world.set_status(
                R"({"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED", "jobId": "train-1", "rayClusterName": ")"
                + cluster + "\"}"
            );
        });
    }

    std::string cluster = "gone";
    submit_request request;
};

KUBERAY_CO_TEST(operator_submission, the_output_of_a_job_that_was_over_before_anybody_looked_is_read_from_its_cluster)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.add_cluster("shared");
    std::function<bool()> const is_up = [&] {
        json::value const cluster = *world.server.find("rayclusters.ray.io", "default", "shared");
        return string_at(cluster, "status.state") == "ready";
    };
    co_await world.server.until(is_up);
    json::object job;
    job["entrypoint"] = "python train.py";
    job["submission_id"] = "train-1";
    world.head.submit(job);
    std::function<bool()> const is_over = [&] { return world.head.status_of("train-1") == "SUCCEEDED"; };
    co_await world.head.until(is_over);
    finished_early early(world);
    early.cluster = "shared";
    job_run const run(world.client, "default", std::move(early.request));
    co_await run.start();
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_EQ(output, world.head.log_of("train-1"));
    EXPECT_THAT(output, HasSubstr("ran python train.py\n"));
}

KUBERAY_CO_TEST(operator_submission, or_from_its_submitter_when_the_cluster_is_gone)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.server.put_yaml(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: train-x1, labels: {job-name: train}}\n"
        "spec: {nodeName: node-1, containers: [{name: ray-job-submitter, image: i}]}\nstatus: {phase: Succeeded}\n"
    );
    std::string const log = std::string(40, 'x') + "\nmore\n";
    world.streams.append_log("train-x1", "ray-job-submitter", log);
    world.streams.end_log("train-x1", "ray-job-submitter");
    finished_early early(world);
    job_run const run(world.client, "default", std::move(early.request));
    co_await run.start();
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_EQ(output, log);
    EXPECT_THAT(world.troubles(), HasSubstr("the output is that of the submitter's log"));
}

KUBERAY_CO_TEST(operator_submission, a_failed_attempt_is_followed_by_the_next_one)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    submit_request request = by_operator(world, submission_mode::http);
    request.rayjob["spec"].as_object()["backoffLimit"] = 1;
    int attempts = 0;
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::dashboard_ready)
            submit_as_operator(world, ++attempts == 1 ? "fail" : "python train.py");
        if (event.stage == submit_stage::status && event.job.status == "FAILED") {
            world.set_status(R"({"jobDeploymentStatus": "Retrying"})");
            world.set_status("{}");
        }
    };
    std::string output;
    submitted_job const ended = co_await submit_job(world.client, "default", std::move(request), into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_EQ(attempts, 2);
    EXPECT_THAT(output, HasSubstr("ran fail\n"));
    EXPECT_THAT(output, HasSubstr("ran python train.py\n"));
    EXPECT_THAT(world.troubles(), HasSubstr("an attempt has failed and the operator tries again"));
}

}  // namespace
}  // namespace kuberay::ray
