#include "unit/ray/submit/world.hpp"

namespace kuberay::ray {
namespace {

using test::cancellable;
using test::into;
using test::message_of;
using test::submit_world;
using ::testing::HasSubstr;

/// Each look at the clock is a minute after the one before.
void hurry(submit_world& world, submit_request& request, bool const& hurried)
{
    request.now = [&world, &hurried] { return hurried ? world.clock += std::chrono::minutes(1) : world.clock; };
}

task<void> follow_into(job_run run, std::function<task<void>(std::string)> sink, std::optional<submitted_job>* ended)
{
    task<submitted_job> following = run.follow(sink);
    *ended = co_await std::move(following);
}

KUBERAY_CO_TEST(submit_follow, an_interrupted_follow_goes_on_at_the_next_byte)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    std::string output;
    std::optional<submitted_job> ended;
    condition more(executor);
    std::function<task<void>(std::string)> const sink = [&](std::string const& bytes) {
        output += bytes;
        more.notify_all();
        return test::written();
    };
    cancellable following(executor, follow_into(run, sink, &ended));
    while (output.find("started\n") == std::string::npos)
        co_await more.wait();
    following.cancel();
    result<void> const interrupted = co_await following.ended();
    EXPECT_TRUE(interrupted.has_error() && is_cancellation(interrupted.error()));
    world.head.stop_job("raysubmit_train");
    co_await follow_into(run, sink, &ended);
    EXPECT_EQ(ended->status, "STOPPED");
    EXPECT_EQ(output.find("started\n"), output.rfind("started\n")) << output;
    EXPECT_TRUE(world.has_told(submit_stage::status));
}

KUBERAY_CO_TEST(submit_follow, what_the_sink_throws_comes_back)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    std::function<task<void>(std::string)> const full = [](std::string const&) -> task<void> {
        throw failure(errc::too_large, "the disk is full");
        co_return;
    };
    result<submitted_job> const ended = co_await as_result(run.follow(full));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::too_large) << message_of(ended);
}

KUBERAY_CO_TEST(submit_follow, ends_when_the_rayjob_is_deleted_or_the_operator_gives_up)
{
    auto const executor = co_await asio::this_coro::executor;
    for (bool const deleted : {true, false}) {
        submit_world world(executor);
        world.start_operator();
        world.head.on_entrypoint(&submit_world::run_until_stopped);
        bool hurried = false;
        submit_request request = world.request();
        hurry(world, request, hurried);
        job_run const run(world.client, "default", std::move(request));
        co_await run.start();
        hurried = true;
        if (deleted)
            world.server.remove("rayjobs.ray.io", "default", "train");
        else
            world.set_status(
                R"({"jobDeploymentStatus": "Failed", "jobStatus": "RUNNING", "reason": "DeadlineExceeded"})"
            );
        std::string output;
        result<submitted_job> const ended = co_await as_result(run.follow(into(output)));
        EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::unsatisfiable);
        EXPECT_THAT(message_of(ended), HasSubstr(deleted ? "it was deleted" : "failed: DeadlineExceeded"));
    }
}

KUBERAY_CO_TEST(submit_follow, a_cluster_that_goes_with_the_end_leaves_the_rayjobs_word)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    bool hurried = false;
    submit_request request = world.request();
    hurry(world, request, hurried);
    job_run const run(world.client, "default", std::move(request));
    co_await run.start();
    hurried = true;
    world.set_status(R"({"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED", "message": "all good"})");
    world.head.stop();
    std::string output;
    submitted_job const ended = co_await run.follow(into(output));
    EXPECT_EQ(ended.status, "SUCCEEDED");
    EXPECT_EQ(ended.message, "all good");
    EXPECT_EQ(ended.submission_id, "raysubmit_train");
    EXPECT_THAT(world.troubles(), HasSubstr("the output after byte "));
}

KUBERAY_CO_TEST(submit_follow, waiting_for_the_rayjob_ends_with_its_deadline_or_its_loss)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    job_run const run(world.client, "default", world.request());
    result<job> const early = co_await as_result(run.wait_rayjob(std::chrono::seconds(1)));
    EXPECT_TRUE(early.has_error() && early.error().code() == errc::bad_input);
    co_await run.start();
    result<job> const late = co_await as_result(run.wait_rayjob(std::chrono::milliseconds(20)));
    EXPECT_TRUE(late.has_error() && late.error().code() == errc::timed_out);
    EXPECT_THAT(message_of(late), HasSubstr("waiting for rayjob/train to be complete: the deadline of 20ms passed"));
    world.server.remove("rayjobs.ray.io", "default", "train");
    result<job> const lost = co_await as_result(run.wait_rayjob(std::chrono::seconds(20)));
    EXPECT_TRUE(lost.has_error() && lost.error().code() == errc::unsatisfiable) << message_of(lost);
}

}  // namespace
}  // namespace kuberay::ray
