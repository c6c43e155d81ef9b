#include "unit/ray/submit/world.hpp"

#include <fstream>

namespace kuberay::ray {
namespace {

using test::cancellable;
using test::message_of;
using test::submit_world;
using testing::fault;
using ::testing::HasSubstr;
using testing::head_fault;

head_fault hanging(std::string method, std::string path)
{
    head_fault made;
    made.what = head_fault::kind::hang;
    made.method = std::move(method);
    made.path = std::move(path);
    made.times = 100;
    return made;
}

submit_request impatient(submit_world& world, std::string const& cluster = std::string())
{
    submit_request made = world.request("train", cluster);
    made.settle_timeout = std::chrono::milliseconds(50);
    return made;
}

/// Where a run is when it is interrupted.
struct stage {
    char const* name;
    std::function<void(submit_world&)> arrange;
    std::function<task<void>(submit_world*)> reached;
    bool has_package = false;
};

std::vector<stage> stages_before_acceptance()
{
    auto const told = [](submit_stage which) {
        return [which](submit_world* world) { return test::told(world, which); };
    };
    auto const asked = [](std::string method, std::string path) {
        return [method, path](submit_world* world) {
            return world->head.until([=] { return world->head.requests(method, path) > 0; });
        };
    };
    return {
        {"the RayJob is stored, its answer never comes",
         [](submit_world& w) { w.server.inject(fault::pause_after(0).on("PATCH", "/apis/ray.io")); },
         [](submit_world* w) { return w->server.until([w] { return w->rayjob().has_value(); }); }},
        {"the request for the RayJob is never heeded",
         [](submit_world& w) { w.server.inject(fault::hang().on("PATCH", "/apis/ray.io")); },
         [](submit_world* w) { return w->server.until([w] { return !w->server.journal().empty(); }); }},
        {"nobody touches the RayJob", [](submit_world&) {}, told(submit_stage::rayjob_created)},
        {"the cluster comes up",
         [](submit_world& w) {
             w.start_operator();
             w.oper->hold_pods(true);
         },
         told(submit_stage::cluster_progress)},
        {"the dashboard does not answer",
         [](submit_world& w) {
             w.start_operator();
             w.head.inject(hanging("GET", "/api/version"));
         },
         asked("GET", "/api/version")},
        {"a package is looked for",
         [](submit_world& w) {
             w.start_operator();
             w.head.inject(hanging("GET", "/api/packages/"));
         },
         asked("GET", "/api/packages/"), true},
        {"the job is sent, and Ray does not take it",
         [](submit_world& w) {
             w.start_operator();
             w.head.inject(hanging("POST", "/api/jobs/"));
         },
         asked("POST", "/api/jobs/")},
    };
}

task<void> interrupt_at(stage which)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    which.arrange(world);
    submit_request request = impatient(world);
    if (which.has_package) {
        package one;
        one.name = "_ray_pkg_0.zip";
        request.runtime_env.packages.push_back(std::move(one));
    }
    job_run const run(world.client, "default", std::move(request));
    cancellable starting(executor, run.start());
    task<void> reaching = which.reached(&world);
    co_await std::move(reaching);
    starting.cancel();
    result<void> const ended = co_await starting.ended();
    EXPECT_TRUE(ended.has_error() && is_cancellation(ended.error())) << which.name << ": " << message_of(ended);
    std::size_t const told = world.events.size();
    result<void> const cleaned = co_await as_result(run.abandon());
    EXPECT_TRUE(cleaned.has_value()) << which.name << ": " << message_of(cleaned);
    co_await test::gone(&world);
    EXPECT_FALSE(run.traces().accepted) << which.name;
    EXPECT_FALSE(run.traces().rayjob_created) << which.name;
    EXPECT_EQ(world.head.status_of("raysubmit_train"), "") << which.name;
    EXPECT_EQ(world.events.size(), told) << which.name << ": told to somebody who left";
}

KUBERAY_CO_TEST(submit_cancel, an_interruption_at_any_stage_leaves_nothing_behind)
{
    std::vector<stage> const stages = stages_before_acceptance();
    for (stage const& one : stages)
        co_await interrupt_at(one);
}

KUBERAY_CO_TEST(submit_cancel, the_answer_to_the_creation_is_waited_for)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.server.inject(fault::pause_after(0).on("PATCH", "/apis/ray.io"));
    job_run const run(world.client, "default", world.request());
    cancellable starting(executor, run.start());
    std::function<bool()> const stored = [&] { return world.rayjob().has_value(); };
    co_await world.server.until(stored);
    starting.cancel();
    result<void> const ended = co_await starting.ended();
    EXPECT_TRUE(ended.has_error() && is_cancellation(ended.error()));
    cancellable cleaning(executor, run.abandon());
    world.server.resume();
    result<void> const cleaned = co_await cleaning.ended();
    EXPECT_TRUE(cleaned.has_value()) << message_of(cleaned);
    EXPECT_FALSE(world.rayjob().has_value());
    auto const& journal = world.server.journal();
    auto const looks = std::count_if(journal.begin(), journal.end(), [](auto const& r) {
        return r.method == "GET" && r.path().ends_with("/rayjobs/train");
    });
    EXPECT_EQ(looks, 0) << "the answer said it";
}

KUBERAY_CO_TEST(submit_cancel, a_lost_answer_to_the_creation_does_not_stop_the_run)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.server.inject(fault::drop_after(0).on("PATCH", "/apis/ray.io"));
    job_run const run(world.client, "default", world.request());
    co_await run.start();
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_EQ(test::uid_of(*world.rayjob()), run.traces().rayjob_uid);
}

KUBERAY_CO_TEST(submit_cancel, a_lost_refusal_does_not_make_another_s_rayjob_ours)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    std::string const other = test::uid_of(world.server.put(world.request().rayjob));
    world.server.inject(fault::drop_after(0).on("PATCH", "/apis/ray.io"));
    job_run const run(world.client, "default", world.request());
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == errc::connection_lost) << message_of(started);
    co_await run.abandon(true);
    EXPECT_EQ(test::uid_of(*world.rayjob()), other) << "although it has the same submission id";
}

KUBERAY_CO_TEST(submit_cancel, a_job_that_ray_has_taken_is_never_deleted_unasked)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    job_run const run(world.client, "default", world.request());
    cancellable starting(executor, run.start());
    std::function<bool()> const taken = [&] { return world.head.find("raysubmit_train").has_value(); };
    co_await world.head.until(taken);
    starting.cancel();
    result<void> const ended = co_await starting.ended();
    co_await run.abandon();
    EXPECT_TRUE(run.traces().accepted);
    EXPECT_TRUE(world.rayjob().has_value());
    co_await run.abandon(true);
    co_await test::gone(&world);
    EXPECT_FALSE(run.traces().rayjob_created);
}

KUBERAY_CO_TEST(submit_cancel, what_nobody_can_tell_is_kept_and_said)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.head.inject(hanging("POST", "/api/jobs/"));
    head_fault broken = hanging("GET", "/api/jobs/");
    broken.what = head_fault::kind::internal_error;
    world.head.inject(broken);
    job_run const run(world.client, "default", impatient(world));
    cancellable starting(executor, run.start());
    std::function<bool()> const asked = [&] { return world.head.requests("POST", "/api/jobs/") > 0; };
    co_await world.head.until(asked);
    starting.cancel();
    result<void> const ended = co_await starting.ended();
    EXPECT_TRUE(ended.has_error() && is_cancellation(ended.error()));
    result<void> const cleaned = co_await as_result(run.abandon());
    EXPECT_THAT(message_of(cleaned), HasSubstr("rayjob/train is kept, because nobody can tell whether Ray has taken"));
    EXPECT_TRUE(world.rayjob().has_value());
}

KUBERAY_CO_TEST(submit_cancel, a_foreign_job_of_the_same_id_is_not_stopped_by_the_clean_up)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    world.start_operator();
    world.oper->use_head(world.head);
    world.head.on_entrypoint(&submit_world::run_until_stopped);
    world.add_cluster("shared");
    world.when_created([&] {
        json::object foreign;
        foreign["entrypoint"] = "python other.py";
        foreign["submission_id"] = "raysubmit_train";
        world.head.submit(foreign);
    });
    job_run const run(world.client, "default", world.request("train", "shared"));
    result<void> const started = co_await as_result(run.start());
    EXPECT_TRUE(started.has_error() && started.error().code() == reason::already_exists) << message_of(started);
    result<void> const cleaned = co_await as_result(run.abandon());
    EXPECT_TRUE(cleaned.has_value()) << message_of(cleaned);
    EXPECT_FALSE(world.rayjob().has_value()) << "the operator, which would stop the job, has nothing more to do";
    EXPECT_FALSE(run.traces().rayjob_created);
    std::function<bool()> const runs = [&] { return world.head.status_of("raysubmit_train") == job_phase::running; };
    co_await world.head.until(runs);
}

KUBERAY_CO_TEST(submit_cancel, abandoning_what_was_never_started_does_nothing)
{
    auto const executor = co_await asio::this_coro::executor;
    submit_world world(executor);
    job_run const run(world.client, "default", world.request());
    co_await run.abandon();
    co_await run.abandon(true);
    EXPECT_TRUE(world.server.journal().empty());
}

}  // namespace
}  // namespace kuberay::ray
