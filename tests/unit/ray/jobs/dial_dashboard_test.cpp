#include "unit/ray/server/fixture.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/ray/job_log.hpp>
#include <kuberay/testing/pod_streams.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace kuberay::ray {
namespace {

using test::server_and_client;

char const* const with_head_service = R"("spec": {}, "status": {"head": {"serviceName": "demo-head-svc"}})";
target const demo(target_kind::cluster, "demo");

task<int> print_size(testing::entrypoint_call call)
{
    std::size_t const pieces = std::stoul(call.entrypoint);
    for (std::size_t i = 0; i < pieces; ++i) {
        std::string piece(64 * 1024, static_cast<char>('a' + i % 26));
        co_await call.write(std::move(piece));
    }
    co_return 0;
}

testing::ray_head_options without_processes()
{
    testing::ray_head_options options;
    options.runs_processes = false;
    return options;
}

/// A cluster "demo" whose head pod has a stand-in for Ray; an entrypoint "N" prints N pieces of 64 KiB.
struct lab_with_head {
    explicit lab_with_head(asio::any_io_executor executor)
        : lab(executor)
        , pods(lab.server)
        , head(executor, without_processes())
    {
        head.attach_to(pods);
        head.on_entrypoint(print_size);
    }

    void bring_up(std::string const& pod)
    {
        lab.put_cluster("demo", with_head_service);
        lab.put(
            R"({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "default", "name": "demo-head-svc"},
            "spec": {"selector": {"ray.io/cluster": "demo", "ray.io/node-type": "head"},
            "ports": [{"name": "dashboard", "port": 8265}]}})"
        );
        lab.put_pod(pod, "demo", "headgroup", true);
    }

    job_client dial() const { return dial_dashboard(lab.client, "default", demo); }

    server_and_client lab;
    testing::pod_streams pods;
    testing::ray_head head;
};

job_submission printing(std::string pieces)
{
    job_submission what;
    what.submission_id = "j";
    what.entrypoint = std::move(pieces);
    return what;
}

// Lifetime: `log` outlives the task.
task<std::size_t> size_of_rest(job_log_follower* log)
{
    std::size_t size = 0;
    for (;;) {
        std::optional<std::string> const bytes = co_await log->next();
        if (!bytes) co_return size;
        size += bytes->size();
    }
}

job_log_options quick()
{
    job_log_options options;
    options.poll = std::chrono::milliseconds(5);
    return options;
}

KUBERAY_CO_TEST(dial_dashboard, a_job_goes_through_two_tunnels_whatever_is_asked)
{
    lab_with_head on(co_await asio::this_coro::executor);
    on.bring_up("demo-head-a");
    job_client const jobs = on.dial();
    job_server_version const version = co_await jobs.version();
    EXPECT_EQ(version.ray, "2.60.0");
    std::string const id = co_await jobs.submit(printing("3"));
    job_log_follower log(jobs, id, quick());
    std::size_t const size = co_await size_of_rest(&log);
    std::vector<submitted_job> const all = co_await jobs.list();
    EXPECT_GE(size, 3u * 64 * 1024);
    EXPECT_EQ(log.job().status, "SUCCEEDED");
    EXPECT_EQ(all.size(), 1u);
    EXPECT_LE(on.pods.sessions(), 2u);
}

task<int> print_and_wait(testing::entrypoint_call call)
{
    co_await print_size(call);
    co_await call.until_stopped();
    co_return 0;
}

KUBERAY_CO_TEST(dial_dashboard, output_that_is_not_taken_does_not_hold_up_the_status)
{
    lab_with_head on(co_await asio::this_coro::executor);
    on.bring_up("demo-head-a");
    on.head.on_entrypoint(print_and_wait);
    job_client const jobs = on.dial();
    std::string const id = co_await jobs.submit(printing("256"));
    bool is_told = false;
    job_log_options options = quick();
    condition told(on.lab.client.get_executor());
    options.on_status = [&](submitted_job const& job) {
        is_told = job.is_finished();
        told.notify_all();
    };
    job_log_follower log(jobs, id, options);
    std::optional<std::string> const first = co_await log.next();
    std::size_t const asked = on.head.requests("GET", "/api/jobs/j");
    std::function<bool()> const is_asked_on = [&] { return on.head.requests("GET", "/api/jobs/j") >= asked + 50; };
    co_await on.head.until(is_asked_on);
    on.head.stop_job("j");
    while (!is_told)
        co_await told.wait();
    EXPECT_LE(log.position(), 128u * 1024) << "16 MiB wait to be taken";
    std::size_t const rest = co_await size_of_rest(&log);
    EXPECT_GE(first->size() + rest, 256u * 64 * 1024);
}

KUBERAY_CO_TEST(dial_dashboard, a_tunnel_that_is_cut_is_opened_anew_and_no_byte_is_lost)
{
    lab_with_head on(co_await asio::this_coro::executor);
    on.bring_up("demo-head-a");
    job_client const jobs = on.dial();
    std::string const id = co_await jobs.submit(printing("64"));
    for (std::uint64_t const bytes : {1'000'000u, 1'500'000u}) {
        testing::stream_fault cut;
        cut.what = testing::stream_fault::kind::forward_cut;
        cut.after_bytes = bytes;
        on.pods.inject(cut);
    }
    job_log_follower log(jobs, id, quick());
    std::size_t const size = co_await size_of_rest(&log);
    EXPECT_GE(size, 64u * 64 * 1024);
    EXPECT_EQ(log.position(), size);
}

KUBERAY_CO_TEST(dial_dashboard, a_new_head_is_found_when_the_old_one_does_not_answer)
{
    auto const executor = co_await asio::this_coro::executor;
    lab_with_head on(executor);
    on.bring_up("demo-head-a");
    testing::ray_head second(executor, without_processes());
    second.add_driver("0a000000");
    job_client const jobs = on.dial();
    std::vector<submitted_job> const before = co_await jobs.list();
    EXPECT_TRUE(before.empty());
    on.pods.on_port(8265, [second](std::string pod, net::byte_stream connection) -> task<void> {
        if (pod == "demo-head-b") return second.serve(std::move(connection));
        throw failure(errc::connection_lost, "that pod is no more");
    });
    on.head.drop_connections();
    on.lab.server.remove("pods", "default", "demo-head-a");
    on.lab.put_pod("demo-head-b", "demo", "headgroup", true);
    std::vector<submitted_job> after;
    for (int tries = 0; tries < 20 && after.empty(); ++tries) {
        task<std::vector<submitted_job>> asking = jobs.list();
        result<std::vector<submitted_job>> now = co_await as_result(std::move(asking));
        if (now.has_value()) after = std::move(*now);
    }
    EXPECT_EQ(after.size(), 1u);
}

testing::head_fault hanging_submission()
{
    testing::head_fault made;
    made.what = testing::head_fault::kind::hang;
    made.method = "POST";
    return made;
}

// Lifetime: what the arguments point to outlives the task.
task<void> cancel_a_hanging_submission(lab_with_head* on, job_client jobs, std::size_t nth)
{
    on->head.inject(hanging_submission());
    asio::cancellation_signal signal;
    condition changed(on->lab.client.get_executor());
    std::optional<result<std::string>> outcome;
    auto const done = [&](result<std::string> ended) {
        outcome.emplace(std::move(ended));
        changed.notify_all();
    };
    async_run(
        on->lab.client.get_executor(), jobs.submit(printing("1")), asio::bind_cancellation_slot(signal.slot(), done)
    );
    std::function<bool()> const asked = [&] { return on->head.requests("POST", "/api/jobs/") >= nth; };
    co_await on->head.until(asked);
    signal.emit(asio::cancellation_type::terminal);
    // Asked in the moment of the cancellation, before it has got through.
    auto const limit = std::chrono::seconds(5);
    task<submitted_job> reading = with_timeout(limit, jobs.get("j"));
    result<submitted_job> const there = co_await as_result(std::move(reading));
    EXPECT_TRUE(there.has_error() && there.error().code() == reason::not_found)
        << nth << ": " << (there.has_error() ? there.error().message() : there->status);
    while (!outcome)
        co_await changed.wait();
}

KUBERAY_CO_TEST(dial_dashboard, a_submission_that_hung_and_was_cancelled_does_not_hold_up_the_next_request)
{
    lab_with_head on(co_await asio::this_coro::executor);
    on.bring_up("demo-head-a");
    job_client const jobs = on.dial();
    for (std::size_t nth = 1; nth <= 100; ++nth)
        co_await cancel_a_hanging_submission(&on, jobs, nth);
}

KUBERAY_CO_TEST(dial_dashboard, a_cluster_that_is_not_there_or_not_up_is_told)
{
    lab_with_head on(co_await asio::this_coro::executor);
    job_client const jobs = on.dial();
    result<job_server_version> const absent = co_await as_result(jobs.version());
    EXPECT_EQ(absent.error().code(), reason::not_found);
    on.lab.put_cluster("demo");
    result<job_server_version> const early = co_await as_result(jobs.version());
    EXPECT_EQ(early.error().code(), reason::unavailable);
    on.bring_up("demo-head-a");
    result<job_server_version> const up = co_await as_result(jobs.version());
    EXPECT_TRUE(up.has_value()) << up.error().message();
}

struct token_row {
    char const *name, *spec, *explicit_token, *token;
};

KUBERAY_CO_TEST(dashboard_token, is_that_of_the_environment_or_of_a_cluster_that_asks_for_one)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": "default", "name": "demo"},
        "data": {"auth_token": "c2VjcmV0"}})");
    std::vector<token_row> const rows{
        {"no authentication", R"("spec": {})", "", ""},
        {"of the environment", R"("spec": {})", "given", "given"},
        {"of the cluster", R"("spec": {"authOptions": {"mode": "token"}})", "", "secret"},
        {"the environment wins", R"("spec": {"authOptions": {"mode": "token"}})", "given", "given"},
        {"switched off", R"("spec": {"authOptions": {"mode": "disabled"}})", "", ""},
    };
    for (token_row const& row : rows) {
        lab.put_cluster("demo", row.spec);
        std::string const token = co_await dashboard_token(lab.client, "default", "demo", row.explicit_token);
        EXPECT_EQ(token, row.token) << row.name;
    }
}

}  // namespace
}  // namespace kuberay::ray
