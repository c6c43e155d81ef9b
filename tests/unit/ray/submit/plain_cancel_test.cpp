#include "unit/ray/submit/world.hpp"

#include <kuberay/ray/job.hpp>

namespace kuberay::ray {
namespace {

using test::cancellable;
using test::into;
using test::message_of;
using test::submit_world;
using ::testing::HasSubstr;
using testing::head_fault;

constexpr char const* id = "raysubmit_plain";

head_fault fault_of(head_fault::kind what, std::string method, int times)
{
    head_fault made;
    made.what = what;
    made.method = std::move(method);
    made.path = "/api/jobs/";
    made.times = times;
    return made;
}

/// A submission to a cluster that is there, without a RayJob.
submit_request plain(submit_world& world)
{
    world.start_operator();
    world.add_cluster("shared");
    submit_request made = world.bare_request();
    made.cluster = "shared";
    made.job.submission_id = id;
    made.settle_timeout = std::chrono::milliseconds(50);
    return made;
}

// Lifetime: `world` outlives the task.
task<result<void>> interrupt(submit_world* world, job_run run, std::string method, std::string path)
{
    cancellable starting(world->executor, run.start());
    std::function<bool()> const is_there = [=] { return world->head.requests(method, path) > 0; };
    co_await world->head.until(is_there);
    starting.cancel();
    result<void> const ended = co_await starting.ended();
    EXPECT_TRUE(ended.has_error() && is_cancellation(ended.error())) << message_of(ended);
    EXPECT_FALSE(run.traces().accepted) << "nobody has asked yet";
    co_return co_await as_result(run.abandon());
}

KUBERAY_CO_TEST(plain_cancel, a_submission_that_ray_has_taken_before_the_connection_was_cut_is_found)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    world.head.inject(fault_of(head_fault::kind::answer_lost, "POST", 1));
    world.head.inject(fault_of(head_fault::kind::hang, "GET", 1));
    job_run const run(world.client, "default", std::move(request));
    result<void> const settled = co_await interrupt(&world, run, "GET", "/api/jobs/");
    EXPECT_TRUE(settled.has_value()) << message_of(settled);
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_EQ(run.traces().submission_id, id);
    EXPECT_EQ(world.head.status_of(id), job_phase::running) << "what Ray has taken goes on";
}

KUBERAY_CO_TEST(plain_cancel, a_submission_whose_answer_is_still_under_way_is_waited_for)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    request.settle_timeout = std::chrono::hours(1);
    job_run const run(world.client, "default", std::move(request));
    result<void> const settled = co_await interrupt(&world, run, "POST", "/api/jobs/");
    EXPECT_TRUE(settled.has_value()) << message_of(settled);
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_EQ(world.head.requests("GET", "/api/jobs/"), 0U) << "the answer said it";
}

KUBERAY_CO_TEST(plain_cancel, a_submission_that_never_arrived_is_none)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    world.head.inject(fault_of(head_fault::kind::hang, "POST", 100));
    job_run const run(world.client, "default", std::move(request));
    result<void> const settled = co_await interrupt(&world, run, "POST", "/api/jobs/");
    EXPECT_TRUE(settled.has_value()) << message_of(settled);
    EXPECT_FALSE(run.traces().accepted);
    EXPECT_EQ(world.head.status_of(id), "");
    EXPECT_EQ(world.head.requests("GET", "/api/jobs/raysubmit_plain"), 1U) << "Ray was asked";
}

KUBERAY_CO_TEST(plain_cancel, what_nobody_can_tell_is_said)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    world.head.inject(fault_of(head_fault::kind::hang, "POST", 100));
    world.head.inject(fault_of(head_fault::kind::internal_error, "GET", 100));
    job_run const run(world.client, "default", std::move(request));
    result<void> const settled = co_await interrupt(&world, run, "POST", "/api/jobs/");
    EXPECT_THAT(
        message_of(settled), ::testing::StartsWith("nobody can tell whether Ray has taken the job raysubmit_plain: ")
    );
    EXPECT_FALSE(run.traces().accepted);
}

KUBERAY_CO_TEST(plain_cancel, a_submission_of_which_another_has_the_id_is_not_ours)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    json::object foreign;
    foreign["entrypoint"] = "python other.py";
    foreign["submission_id"] = id;
    world.head.submit(foreign);
    job_run const run(world.client, "default", std::move(request));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == reason::already_exists) << message_of(started);
    co_await run.abandon();
    EXPECT_FALSE(run.traces().accepted);
}

KUBERAY_CO_TEST(plain_cancel, a_program_that_does_all_in_one_hears_that_ray_has_the_job_all_the_same)
{
    submit_world world(co_await asio::this_coro::executor);
    submit_request request = plain(world);
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    world.head.inject(fault_of(head_fault::kind::answer_lost, "POST", 1));
    world.head.inject(fault_of(head_fault::kind::hang, "GET", 1));
    // The time is over once Ray has been asked what became of the lost answer.
    request.dashboard_timeout = std::chrono::milliseconds(20);
    request.now = [&] {
        bool const is_late = world.head.requests("GET", "/api/jobs/") > 0;
        return world.clock + (is_late ? std::chrono::minutes(1) : std::chrono::minutes(0));
    };
    std::string output;
    task<submitted_job> all = submit_job(world.client, "default", std::move(request), into(output));
    result<submitted_job> const ended = co_await as_result(std::move(all));
    EXPECT_THAT(message_of(ended), HasSubstr("submitting the job raysubmit_plain: no answer within 20ms"));
    EXPECT_EQ(ended.has_error() ? ended.error().hint() : "", "Ray has the job raysubmit_plain all the same");
}

}  // namespace
}  // namespace kuberay::ray
