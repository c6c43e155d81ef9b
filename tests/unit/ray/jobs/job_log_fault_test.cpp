#include "fake_head.hpp"
#include "support/co_test.hpp"

#include <kuberay/ray/job_log.hpp>

#include <boost/asio/this_coro.hpp>

namespace kuberay::ray {
namespace {

constexpr char const* status = "/api/jobs/j";

job_log_options quick()
{
    job_log_options options;
    options.poll = std::chrono::milliseconds(1);
    return options;
}

// Lifetime: `log` outlives the task.
task<std::string> rest_of(job_log_follower* log)
{
    std::string all;
    for (;;) {
        std::optional<std::string> const bytes = co_await log->next();
        if (!bytes) co_return all;
        all += *bytes;
    }
}

task<void> end_when_asked(std::shared_ptr<fake_head> head, std::string target, std::size_t requests)
{
    co_await head->reached(std::move(target), requests);
    head->print("end\n");
    head->become("SUCCEEDED");
}

KUBERAY_CO_TEST(job_log_fault, an_unreachable_dashboard_is_asked_again_and_told_once)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    std::vector<std::string> troubles;
    job_log_options options = quick();
    options.on_trouble = [&](error const& cause) { troubles.push_back(cause.message()); };
    head->print("begin\n");
    head->lose(status, 9);
    head->refuse(status, 503, "the GCS does not answer", 3);
    job_log_follower log(job_client(head), "j", options);
    async_run(executor, end_when_asked(head, "/api/v0/logs/stream", 1), [](result<void>) {});
    std::string const all = co_await rest_of(&log);
    EXPECT_EQ(all, "begin\nend\n");
    EXPECT_EQ(troubles.size(), 1u);
}

KUBERAY_CO_TEST(job_log_fault, a_stream_is_opened_anew_after_the_dashboard_was_away)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    head->print("begin\n");
    job_log_follower log(job_client(head), "j", quick());
    std::optional<std::string> const first = co_await log.next();
    head->lose(status, 3);
    async_run(executor, end_when_asked(head, "/api/v0/logs/stream", 2), [](result<void>) {});
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(*first + rest, "begin\nend\n");
}

KUBERAY_CO_TEST(job_log_fault, it_gives_up_when_the_dashboard_stays_away)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    job_log_options options = quick();
    options.give_up_after = std::chrono::milliseconds(30);
    head->lose(status, 10'000);
    job_log_follower log(job_client(head), "j", options);
    result<std::string> const ended = co_await as_result(rest_of(&log));
    result<std::string> const again = co_await as_result(rest_of(&log));
    EXPECT_EQ(ended.error().code(), errc::connection_lost);
    EXPECT_NE(ended.error().message().find("cannot be reached any more"), std::string::npos);
    EXPECT_EQ(again.error().code(), errc::connection_lost);
}

KUBERAY_CO_TEST(job_log_fault, what_no_later_try_is_spared_ends_it_at_once)
{
    auto const executor = co_await asio::this_coro::executor;
    struct row {
        int http_status;
        reason why;
    };
    std::vector<row> const rows{{401, reason::unauthorized}, {403, reason::forbidden}, {404, reason::not_found}};
    for (row const& each : rows) {
        auto const head = std::make_shared<fake_head>(executor);
        head->refuse(status, each.http_status, "no");
        job_log_follower log(job_client(head), "j", quick());
        result<std::string> const ended = co_await as_result(rest_of(&log));
        EXPECT_EQ(ended.error().code(), each.why) << each.http_status;
        EXPECT_EQ(head->requests(status), 1u) << each.http_status;
    }
}

KUBERAY_CO_TEST(job_log_fault, a_job_that_vanishes_is_told_with_what_may_have_happened)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    head->print("begin\n");
    job_log_follower log(job_client(head), "j", quick());
    std::optional<std::string> const first = co_await log.next();
    head->forget_job();
    result<std::string> const ended = co_await as_result(rest_of(&log));
    EXPECT_EQ(ended.error().code(), reason::not_found);
    EXPECT_NE(ended.error().hint().find("head restarted"), std::string_view::npos);
}

KUBERAY_CO_TEST(job_log_fault, what_is_not_taken_waits_at_the_server)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    std::string const output(std::size_t(8) << 20, 'x');
    head->set_piece_size(64 * 1024);
    head->print(output);
    job_log_follower log(job_client(head), "j", quick());
    std::optional<std::string> const first = co_await log.next();
    co_await head->reached(status, 20);
    EXPECT_LE(log.position(), 64u * 1024);
    EXPECT_LE(head->given(), std::size_t(2) << 20);
    head->become("SUCCEEDED");
    co_await head->reached("/api/v0/logs/file", 1);
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(first->size() + rest.size(), output.size());
}

KUBERAY_CO_TEST(job_log_fault, after_a_cancelled_wait_it_goes_on)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    job_log_follower log(job_client(head), "j", quick());
    std::chrono::milliseconds const limit(20);
    result<std::string> const waited = co_await as_result(with_timeout(limit, rest_of(&log)));
    EXPECT_EQ(waited.error().code(), errc::timed_out);
    head->print("all\n");
    head->become("SUCCEEDED");
    std::string const all = co_await rest_of(&log);
    EXPECT_EQ(all, "all\n");
}

KUBERAY_CO_TEST(job_log_fault, a_follower_that_is_destroyed_leaves_nothing_running)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    head->print("begin\n");
    bool is_let_go = false;
    condition changed(executor);
    std::shared_ptr<fake_head> lent(head.get(), [&, head](fake_head*) {
        is_let_go = true;
        changed.notify_all();
    });
    {
        job_log_follower log(job_client(std::move(lent)), "j", quick());
        std::optional<std::string> const first = co_await log.next();
        EXPECT_EQ(*first, "begin\n");
    }
    // What runs holds the way to the head; this hangs, and fails, when something runs on.
    while (!is_let_go)
        co_await changed.wait();
    EXPECT_EQ(head.use_count(), 1);
}

}  // namespace
}  // namespace kuberay::ray
