#include "unit/ray/submit/world.hpp"

namespace kuberay::ray {
namespace {

using test::into;
using test::message_of;
using test::submit_world;
using ::testing::HasSubstr;

KUBERAY_CO_TEST(submit_failures, a_taken_name_is_refused_and_left_alone)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.add_cluster("shared");
    json::object const other = world.server.put(world.request().rayjob);
    for (char const* cluster : {"", "shared"}) {
        job_run const run(world.client, "default", world.request("train", cluster));
        result<void> const started = co_await as_result(run.start());
        EXPECT_TRUE(started.has_error() && started.error().code() == reason::already_exists) << cluster;
        EXPECT_THAT(message_of(started), HasSubstr(R"(the RayJob "train" already exists in namespace "default")"));
        EXPECT_THAT(std::string(started.error().hint()), HasSubstr("--replace"));
        co_await run.abandon(true);
        EXPECT_FALSE(run.traces().rayjob_created);
        EXPECT_EQ(test::uid_of(*world.rayjob()), test::uid_of(other));
    }
}

KUBERAY_CO_TEST(submit_failures, replacing_deletes_the_old_one_first)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    std::string const old = test::uid_of(world.server.put(world.request().rayjob));
    submit_request request = world.request();
    request.replace = true;
    job_run const run(world.client, "default", std::move(request));
    co_await run.start();
    EXPECT_NE(test::uid_of(*world.rayjob()), old);
    EXPECT_EQ(test::uid_of(*world.rayjob()), run.traces().rayjob_uid);
}

KUBERAY_CO_TEST(submit_failures, a_taken_submission_id_is_refused_before_anything_is_created)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.add_cluster("shared");
    json::object foreign;
    foreign["entrypoint"] = "python other.py";
    foreign["submission_id"] = "raysubmit_train";
    world.head.submit(foreign);
    job_run const run(world.client, "default", world.request("train", "shared"));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == reason::already_exists);
    EXPECT_THAT(message_of(started), HasSubstr(R"(already has a job with the submission id "raysubmit_train")"));
    EXPECT_FALSE(world.rayjob().has_value()) << "its deletion would stop the other job";
}

KUBERAY_CO_TEST(submit_failures, the_operators_refusal_ends_it_at_once_and_nothing_is_left)
{
    struct row {
        char const *status, *says;
    };
    auto const executor = co_await asio::this_coro::executor;
    std::vector<row> const rows{
        {R"({"jobDeploymentStatus": "ValidationFailed", "reason": "ValidationFailed", "message": "bad spec"})",
         R"(the RayJob "train" was refused by the operator: bad spec)"},
        {R"({"jobDeploymentStatus": "Failed", "reason": "DeadlineExceeded", "message": "too late"})",
         R"(the RayJob "train" failed: DeadlineExceeded: too late)"},
        // While its cluster comes up.
        {R"({"jobDeploymentStatus": "Initializing", "rayClusterName": "train-x"})", "failed: PreRunningDeadlineExceeded"
        }
    };
    for (row const& r : rows) {
        submit_world world(executor);
        world.on_event = [&](submit_event const& event) {
            if (event.stage == submit_stage::rayjob_created) world.set_status(r.status);
            if (event.stage == submit_stage::cluster_known)
                world.set_status(R"({"jobDeploymentStatus": "Failed", "reason": "PreRunningDeadlineExceeded"})");
        };
        std::string output;
        task<submitted_job> all = submit_job(world.client, "default", world.request(), into(output));
        result<submitted_job> const ended = co_await as_result(std::move(all));
        EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::unsatisfiable) << r.says;
        EXPECT_THAT(message_of(ended), HasSubstr(r.says));
        EXPECT_FALSE(world.rayjob().has_value()) << r.says;
    }
}

KUBERAY_CO_TEST(submit_failures, a_rayjob_that_is_deleted_or_replaced_meanwhile_ends_it)
{
    auto const executor = co_await asio::this_coro::executor;
    for (bool const replaced : {false, true}) {
        submit_world world(executor);
        world.when_created([&] {
            world.server.remove("rayjobs.ray.io", "default", "train");
            if (replaced) world.server.put(world.request().rayjob);
        });
        job_run const run(world.client, "default", world.request());
        result<void> const started = co_await as_result(run.start());
        EXPECT_TRUE(started.has_error() && started.error().code() == errc::unsatisfiable);
        EXPECT_THAT(message_of(started), HasSubstr(R"(the RayJob "train" cannot go on: it was deleted)"));
        co_await run.abandon(true);
        EXPECT_EQ(world.rayjob().has_value(), replaced) << "another's object is never deleted";
    }
}

KUBERAY_CO_TEST(submit_failures, without_an_operator_it_ends_after_its_time_and_names_the_doctor)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    submit_request request = world.request();
    request.operator_timeout = std::chrono::seconds(10);
    world.when_created([&] { world.clock += std::chrono::seconds(10); });
    // The clock moves after the first look.
    int looks = 0;
    request.now = [&] { return ++looks > 3 ? world.clock : std::chrono::steady_clock::time_point(); };
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", std::move(request), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::unsatisfiable);
    EXPECT_THAT(message_of(ended), HasSubstr("nobody has touched rayjob/train in namespace \"default\" for 10s"));
    EXPECT_THAT(std::string(ended.has_error() ? ended.error().hint() : ""), HasSubstr("kubectl ray doctor"));
    EXPECT_FALSE(world.rayjob().has_value());
}

KUBERAY_CO_TEST(submit_failures, an_event_shows_that_there_is_an_operator)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    submit_request request = world.request();
    int looks = 0;
    request.now = [&] { return std::chrono::steady_clock::time_point(std::chrono::seconds(++looks > 2 ? 60 : 0)); };
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::rayjob_created)
            world.server.put_yaml(
                "apiVersion: v1\nkind: Event\nmetadata: {name: e1}\ninvolvedObject: {kind: RayJob, name: train}\n"
                "reason: FailedToCreateRayCluster\nmessage: quota\ntype: Warning\n"
            );
        if (event.stage == submit_stage::trouble)
            world.set_status(R"({"jobDeploymentStatus": "ValidationFailed", "message": "end"})");
    };
    job_run const run(world.client, "default", std::move(request));
    result<void> const started = co_await as_result(run.start());
    EXPECT_THAT(message_of(started), HasSubstr("refused by the operator: end"));
    EXPECT_THAT(world.troubles(), HasSubstr("the operator says: FailedToCreateRayCluster: quota"));
}

KUBERAY_CO_TEST(submit_failures, a_rayjob_that_another_controller_manages_may_take_its_time)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    submit_request request = world.request();
    request.rayjob["spec"].as_object()["managedBy"] = "kueue.x-k8s.io/multikueue";
    request.cluster_timeout = std::chrono::minutes(1);
    int looks = 0;
    request.now = [&] { return std::chrono::steady_clock::time_point(std::chrono::seconds(++looks > 4 ? 60 : 0)); };
    job_run const run(world.client, "default", std::move(request));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == errc::timed_out);
    EXPECT_THAT(message_of(started), HasSubstr("to be named: the deadline passed"));
}

KUBERAY_CO_TEST(submit_failures, a_cluster_that_never_becomes_ready_is_told_with_its_pods)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.oper->set_trouble(testing::pod_trouble::image_pull);
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::cluster_progress && event.cluster.troubles.size() == 2)
            world.clock += std::chrono::minutes(11);
    };
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", world.request(), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::timed_out);
    EXPECT_THAT(
        message_of(ended), HasSubstr("of rayjob/train to become ready: the deadline of 10m0s passed; 0 of 2 pods")
    );
    EXPECT_THAT(message_of(ended), HasSubstr("ImagePullBackOff"));
    co_await test::gone(&world);
    EXPECT_EQ(world.head.requests("", "/"), 0U);
}

KUBERAY_CO_TEST(submit_failures, a_dashboard_that_never_answers_is_told_with_the_last_try)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    testing::head_fault fault;
    fault.what = testing::head_fault::kind::internal_error;
    fault.path = "/api/version";
    fault.times = 1000;
    world.head.inject(fault);
    world.on_event = [&](submit_event const& event) {
        if (event.stage == submit_stage::trouble) world.clock += std::chrono::seconds(61);
    };
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", world.request(), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::timed_out);
    EXPECT_THAT(message_of(ended), HasSubstr("to answer: the deadline of 1m0s passed; the last try: "));
    co_await test::gone(&world);
}

KUBERAY_CO_TEST(submit_failures, a_dashboard_that_is_late_is_asked_again)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    testing::head_fault fault;
    fault.what = testing::head_fault::kind::internal_error;
    fault.path = "/api/version";
    fault.times = 2;
    world.head.inject(fault);
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_EQ(world.head.requests("GET", "/api/version"), 3U);
}

KUBERAY_CO_TEST(submit_failures, a_refused_token_ends_it_at_once)
{
    auto const executor = co_await asio::this_coro::executor;
    testing::ray_head_options options = test::head_options();
    options.token = "s3cret";
    submit_world world(executor, options);
    world.start_operator();
    submit_request request = world.request();
    request.client.token = "wrong";
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", std::move(request), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == reason::forbidden) << message_of(ended);
    EXPECT_EQ(world.head.requests("GET", "/api/version"), 1U);
    co_await test::gone(&world);
}

KUBERAY_CO_TEST(submit_failures, what_ray_refuses_is_cleaned_up)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    testing::head_fault fault;
    fault.what = testing::head_fault::kind::internal_error;
    fault.method = "POST";
    fault.path = "/api/jobs/";
    fault.times = 10;
    world.head.inject(fault);
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", world.request(), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_TRUE(ended.has_error());
    EXPECT_EQ(world.head.status_of("raysubmit_train"), "");
    co_await test::gone(&world);
}

KUBERAY_CO_TEST(submit_failures, a_lost_watch_is_resumed)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.oper->hold_pods(true);
    world.on_event = [&](submit_event const& event) {
        if (event.stage != submit_stage::cluster_known) return;
        world.server.end_watches();
        world.oper->hold_pods(false);
    };
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    EXPECT_TRUE(run.traces().accepted);
}

}  // namespace
}  // namespace kuberay::ray
