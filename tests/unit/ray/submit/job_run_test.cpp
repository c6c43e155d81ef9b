#include "unit/ray/submit/world.hpp"

#include <fstream>

namespace kuberay::ray {
namespace {

using test::into;
using test::message_of;
using test::submit_world;
using ::testing::HasSubstr;

KUBERAY_CO_TEST(job_run, goes_from_nothing_to_the_output_and_the_end)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    submit_traces const traces = run.traces();
    EXPECT_TRUE(traces.accepted);
    EXPECT_TRUE(traces.rayjob_created);
    EXPECT_EQ(traces.submission_id, "raysubmit_train");
    EXPECT_THAT(traces.cluster, ::testing::StartsWith("train-"));
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_THAT(output, HasSubstr("ran python train.py\n"));
    std::vector<submit_stage> const expected{submit_stage::rayjob_created, submit_stage::cluster_known,
                                             submit_stage::cluster_ready,  submit_stage::dashboard_ready,
                                             submit_stage::submitted,      submit_stage::ended};
    EXPECT_EQ(world.stages(), expected);
    EXPECT_EQ(test::uid_of(*world.rayjob()), traces.rayjob_uid);
    json::value const stored = *world.rayjob();
    EXPECT_EQ(string_at(stored, "spec.jobId"), "raysubmit_train");
    co_await run.abandon();
    EXPECT_TRUE(world.rayjob().has_value()) << "an accepted job is not deleted";
}

KUBERAY_CO_TEST(job_run, tells_a_job_that_fails_as_its_result)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    submit_request request = world.request();
    request.job.entrypoint = "fail";
    std::string output;
    submitted_job const ended = co_await submit_job(world.client, "default", std::move(request), into(output));
    EXPECT_EQ(ended.status, "FAILED");
    EXPECT_THAT(ended.message, HasSubstr("exit code 3"));
    EXPECT_TRUE(world.rayjob().has_value());
}

KUBERAY_CO_TEST(job_run, on_an_existing_cluster_makes_a_rayjob_that_selects_it_and_no_cluster)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.add_cluster("shared");
    job_run const run(world.client, "", world.request("train", "shared"));
    co_await run.start();
    EXPECT_EQ(run.traces().cluster, "shared");
    EXPECT_EQ(world.server.all("rayclusters.ray.io").size(), 1U);
    EXPECT_EQ(world.head.status_of("raysubmit_train").empty(), false);
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
}

KUBERAY_CO_TEST(job_run, without_a_rayjob_goes_straight_to_a_clusters_dashboard)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.add_cluster("shared");
    submit_request request = world.bare_request();
    request.cluster = "shared";
    job_run const run(world.client, "default", std::move(request));
    co_await run.start();
    EXPECT_THAT(run.traces().submission_id, ::testing::StartsWith("raysubmit_"));
    EXPECT_FALSE(run.traces().rayjob_created);
    EXPECT_TRUE(world.server.all("rayjobs.ray.io").empty());
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    co_await run.abandon(true);
}

KUBERAY_CO_TEST(job_run, with_an_address_asks_no_object_at_all)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    std::uint16_t const port = world.head.listen();
    submit_request request = world.bare_request();
    request.address = parse_dashboard_address("http://127.0.0.1:" + std::to_string(port)).value();
    std::string output;
    submitted_job const ended = co_await submit_job(world.client, "default", std::move(request), into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_TRUE(world.server.journal().empty());
}

KUBERAY_CO_TEST(job_run, refuses_what_cannot_be_submitted)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    submit_request nowhere = world.bare_request();
    job_run const first(world.client, "default", std::move(nowhere));
    result<void> const no_place = co_await as_result(first.start());
    EXPECT_THAT(message_of(no_place), HasSubstr("neither a RayJob, a RayCluster nor an address"));
    submit_request nothing = world.bare_request();
    nothing.job.entrypoint.clear();
    job_run const second(world.client, "default", std::move(nothing));
    result<void> const no_entrypoint = co_await as_result(second.start());
    EXPECT_THAT(message_of(no_entrypoint), HasSubstr("there is no entrypoint"));
    submit_request lost = world.bare_request();
    lost.cluster = "nobody";
    job_run const third(world.client, "default", std::move(lost));
    result<void> const no_cluster = co_await as_result(third.start());
    EXPECT_TRUE(no_cluster.has_error() && no_cluster.error().code() == reason::not_found);
    EXPECT_THAT(message_of(no_cluster), HasSubstr(R"(no RayCluster "nobody" in namespace "default")"));
    std::string output;
    result<submitted_job> const followed = co_await as_result(third.follow(into(output)));
    EXPECT_TRUE(followed.has_error() && followed.error().code() == errc::bad_input);
    EXPECT_THROW((void)third.dashboard(), failure);
}

KUBERAY_CO_TEST(job_run, sends_the_clusters_token)
{
    auto const executor = co_await asio::this_coro::executor;
    testing::ray_head_options options = test::head_options();
    options.token = "s3cret";
    submit_world world(executor, options);
    world.start_operator();
    world.server.put_yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: mine}\ndata: {auth_token: czNjcmV0}\n");
    submit_request request = world.request();
    cluster_config config;
    config.auth.emplace();
    config.auth->mode = "token";
    config.auth->secret_name = "mine";
    request.rayjob["spec"].as_object()["rayClusterSpec"] = generate_cluster_spec(config);
    job_run const run(world.client, "default", std::move(request));
    co_await run.start();
    EXPECT_TRUE(run.traces().accepted);
}

package package_of(std::filesystem::path const& file)
{
    package made;
    made.name = "_ray_pkg_0123456789abcdef.zip";
    made.file = file;
    made.bytes = std::filesystem::file_size(file);
    return made;
}

KUBERAY_CO_TEST(job_run, uploads_what_the_cluster_does_not_have)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    auto const file = std::filesystem::temp_directory_path() / "kuberay-submit-test.zip";
    // An archive without entries.
    std::string const empty_zip = std::string("PK\x05\x06", 4) + std::string(18, '\0');
    std::ofstream(file, std::ios::binary) << empty_zip;
    for (char const* name : {"first", "second"}) {
        submit_request request = world.request(name);
        request.runtime_env.packages.push_back(package_of(file));
        request.runtime_env.env["working_dir"] = request.runtime_env.packages.front().uri();
        job_run const run(world.client, "default", std::move(request));
        co_await run.start();
    }
    std::filesystem::remove(file);
    EXPECT_EQ(world.head.packages(), std::vector<std::string>{"_ray_pkg_0123456789abcdef.zip"});
    EXPECT_EQ(world.head.package("_ray_pkg_0123456789abcdef.zip"), empty_zip);
    EXPECT_EQ(world.head.requests("PUT", "/api/packages/"), 1U);
    EXPECT_TRUE(world.has_told(submit_stage::uploading));
    EXPECT_TRUE(world.has_told(submit_stage::upload_skipped));
    json::value const job = *world.head.find("raysubmit_first");
    EXPECT_EQ(string_at(job, "runtime_env.working_dir"), "gcs://_ray_pkg_0123456789abcdef.zip");
}

KUBERAY_CO_TEST(job_run, stops_the_job_and_waits_for_the_rayjob)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    std::function<bool()> const runs = [&] { return world.head.status_of("raysubmit_train") == "RUNNING"; };
    co_await world.head.until(runs);
    submitted_job const stopped = co_await run.stop(std::chrono::seconds(20));
    EXPECT_EQ(stopped.status, "STOPPED");
    json::object job = *world.rayjob();
    job["status"].as_object()["jobDeploymentStatus"] = "Complete";
    world.server.put(std::move(job));
    ray::job const complete = co_await run.wait_rayjob(std::chrono::seconds(20));
    EXPECT_EQ(complete.status.deployment_status, "Complete");
}

KUBERAY_CO_TEST(job_run, a_job_that_does_not_stop_is_told_with_its_status)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.hold_jobs(true);
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    // What waits for resources does not heed a stop.
    result<submitted_job> const stopped = co_await as_result(run.stop(std::chrono::milliseconds(300)));
    EXPECT_TRUE(stopped.has_error() && stopped.error().code() == errc::timed_out);
    EXPECT_THAT(message_of(stopped), HasSubstr("the job raysubmit_train: it has not ended within 300ms"));
}

}  // namespace
}  // namespace kuberay::ray
