#include "follow_scene.hpp"
#include "support/co_test.hpp"

#include <boost/asio/cancellation_signal.hpp>

namespace kuberay::kube::follow_scene {
namespace {

using words = std::vector<std::string>;

words const two_lines = {"one", "two \xc3\xa4"};

KUBERAY_CO_TEST(LogFollower, ends_when_the_container_has_ended_and_nothing_more_is_there)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(first_line + second_line).pod("terminated").log(first_line + second_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, two_lines);
    EXPECT_EQ(at.asked(), (words{"pod", "follow", "pod", "rest sinc00%3A05Z"}));
    EXPECT_TRUE(at.reconnects.empty());
}

KUBERAY_CO_TEST(LogFollower, a_cut_at_any_byte_loses_and_repeats_nothing)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::string const whole = first_line + second_line;
    for (std::size_t cut = 0; cut <= whole.size(); ++cut)
        for (bool const is_proper : {false, true}) {
            scene at(executor);
            at.pod("running");
            if (is_proper)
                at.log(whole.substr(0, cut));
            else
                at.cut_log(whole.substr(0, cut));
            at.pod("running").log(whole).pod("terminated").log(whole);
            words const lines = co_await at.all();
            EXPECT_EQ(lines, two_lines) << "cut after " << cut << (is_proper ? " with a proper end" : "");
            EXPECT_EQ(at.reconnects.size(), 1U);
            EXPECT_TRUE(at.server->is_used_up());
        }
}

KUBERAY_CO_TEST(LogFollower, two_cuts_within_long_lines_lose_and_repeat_nothing)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::string const whole = "2026-01-31T12:00:05.5Z 0123456789\n2026-01-31T12:00:05.5Z abcdefghij\n";
    words const parts = {"0123+", "4567+", "89", "abcd+", "efgh+", "ij"};
    for (std::size_t a = 0; a <= whole.size(); a += 3)
        for (std::size_t b = 1; b <= whole.size(); b += 5) {
            log_follow_options options;
            options.max_line = 4;
            scene at(executor, options);
            at.pod("running").cut_log(whole.substr(0, a)).pod("running").cut_log(whole.substr(0, b));
            at.pod("running").log(whole).pod("terminated").log(whole);
            words const lines = co_await at.all();
            EXPECT_EQ(lines, parts) << "cut after " << a << " and " << b;
        }
}

KUBERAY_CO_TEST(LogFollower, a_proper_end_while_the_container_runs_is_no_end)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(first_line).pod("running").log(first_line + second_line);
    at.pod("terminated").log(first_line + second_line + third_line).log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "two \xc3\xa4", "three"}));
    EXPECT_EQ(
        at.asked(),
        (words{"pod", "follow", "pod", "follow sinc00%3A05Z", "pod", "rest sinc00%3A05Z", "rest sinc00%3A07Z"})
    );
}

KUBERAY_CO_TEST(LogFollower, a_container_that_had_ended_before_is_read_to_its_last_byte)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("terminated")
        .log(first_line + "2026-01-31T12:00:06Z no end")
        .log(first_line + "2026-01-31T12:00:06Z no end");
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "no end"}));
}

KUBERAY_CO_TEST(LogFollower, goes_on_with_the_next_run_after_the_rest_of_the_one_before)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running", 1).cut_log(first_line + second_line.substr(0, 33)).pod("running", 2);
    at.log(first_line + second_line);  // of the previous run
    at.pod("running", 2).log(third_line).pod("terminated", 2).log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "two \xc3\xa4", "three"}));
    EXPECT_EQ(
        at.asked(),
        (words{
            "pod", "follow", "pod", "previous sinc00%3A05Z", "pod", "follow sinc00%3A05Z", "pod", "rest sinc00%3A07Z"
        })
    );
}

KUBERAY_CO_TEST(LogFollower, a_previous_run_that_is_gone_does_not_stop_the_next)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(first_line).pod("running", 1);
    at.answer(refusal(400, "BadRequest", "previous terminated container \\\"ray\\\" not found"));
    at.pod("running", 1).log(third_line).pod("terminated", 1).log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "three"}));
    EXPECT_EQ(at.reconnects.size(), 1U);
}

KUBERAY_CO_TEST(LogFollower, a_restart_unseen_at_first_repeats_nothing)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(third_line).pod("running", 1);  // the body was of the new run already
    at.log(first_line + second_line);
    at.pod("running", 1).log(third_line).pod("terminated", 1).log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"three"});
}

KUBERAY_CO_TEST(LogFollower, a_container_that_waits_for_its_next_run_has_ended)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(first_line).pod("crashing").log(first_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"one"});
}

KUBERAY_CO_TEST(LogFollower, a_pod_that_went_ends_it_with_what_was_read)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").cut_log(first_line + "2026-01-31T12:00:06Z half a li").gone();
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "half a li"}));
}

KUBERAY_CO_TEST(LogFollower, a_pod_that_goes_between_two_requests_ends_it_too)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").cut_log(first_line + "2026-01-31T12:00:06Z half a li").pod("running").gone().gone();
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"one", "half a li"}));
}

KUBERAY_CO_TEST(LogFollower, another_pod_of_the_same_name_is_not_followed)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").log(first_line).pod("running", 0, "another");
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"one"});
}

KUBERAY_CO_TEST(LogFollower, a_container_that_waits_is_awaited_by_a_watch)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("waiting");
    at.answer(scripted_answer(200, R"({"metadata":{"resourceVersion":"5"},"items":[)" + pod_json("waiting") + "]}"));
    at.answer(
        scripted_answer(200, R"({"type":"MODIFIED","object":)" + pod_json("running", 0, "u", "6") + "}\n").then_hangs()
    );
    at.log(first_line).pod("terminated").log(first_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"one"});
    EXPECT_EQ(at.asked(), (words{"pod", "list", "watch", "follow", "pod", "rest sinc00%3A05Z"}));
    EXPECT_TRUE(at.waits.empty());
}

KUBERAY_CO_TEST(LogFollower, a_node_that_lags_behind_is_asked_again)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running");
    at.answer(
        refusal(400, "BadRequest", "container \\\"ray\\\" in pod \\\"p\\\" is waiting to start: ContainerCreating")
    );
    at.pod("running").log(first_line).pod("terminated").log(first_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"one"});
}

KUBERAY_CO_TEST(LogFollower, says_what_waiting_cannot_heal)
{
    struct row {
        std::string what;
        scripted_answer pod, log;
        error_code code;
    };
    scripted_answer const running(200, pod_json("running"));
    row const rows[] = {
        {"no such pod", refusal(404, "NotFound", "pods not found"), refusal(404, "NotFound", "x"), reason::not_found},
        {"no right to the pod", refusal(403, "Forbidden", "no"), refusal(403, "Forbidden", "no"), reason::forbidden},
        {"no right to the log", running, refusal(403, "Forbidden", "no"), reason::forbidden},
        {"no such container", running, refusal(400, "BadRequest", "container x is not valid"), reason::bad_request},
        {"credentials", running, refusal(401, "Unauthorized", "no"), reason::unauthorized},
    };
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    for (row const& r : rows) {
        scene at(executor);
        at.answer(r.pod).answer(r.pod.status == 404 ? r.pod : r.log);
        task<std::optional<log_line>> reading = at.next();
        result<std::optional<log_line>> const line = co_await as_result(std::move(reading));
        EXPECT_TRUE(line.has_error()) << r.what;
        EXPECT_EQ(line.error().code(), r.code) << r.what << ": " << line.error().message();
        EXPECT_NE(line.error().message().find("\"x/p\""), std::string::npos) << line.error().message();
    }
}

KUBERAY_CO_TEST(LogFollower, waits_longer_while_nothing_comes)
{
    log_follow_options options;
    options.first_wait = 100ms;
    options.longest_wait = 300ms;
    scene at(co_await asio::this_coro::executor, options);
    at.pod("running").cut_log(first_line);
    for (int i = 0; i < 4; ++i)
        at.answer(scripted_answer::send_fails(lost()));
    at.pod("running").cut_log(first_line + second_line).pod("terminated").log(second_line).log(second_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, two_lines);
    EXPECT_EQ(at.waits, (std::vector<std::chrono::milliseconds>{100ms, 200ms, 300ms, 300ms}));
}

KUBERAY_CO_TEST(LogFollower, a_tail_is_read_once_and_followed_from_its_end)
{
    log_follow_options options;
    options.tail = 1;
    scene at(co_await asio::this_coro::executor, options);
    at.pod("running").log(second_line).cut_log(first_line + second_line).pod("running");
    at.log(first_line + second_line + third_line).pod("terminated").log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, (words{"two \xc3\xa4", "three"}));
    EXPECT_EQ(
        at.asked(),
        (words{"pod", "rest tail1", "follow sinc00%3A05Z", "pod", "follow sinc00%3A05Z", "pod", "rest sinc00%3A07Z"})
    );
}

KUBERAY_CO_TEST(LogFollower, no_tail_means_only_what_comes)
{
    log_follow_options options;
    options.tail = 0;
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    scene at(executor, options);
    at.pod("running").log(second_line).log(first_line + second_line + third_line).pod("terminated").log(third_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"three"});
    scene empty(executor, options);  // the log was empty at the start: then everything has come since
    empty.pod("running").log("").cut_log("").pod("running").log(first_line).pod("terminated").log(first_line);
    words const first = co_await empty.all();
    EXPECT_EQ(first, words{"one"});
}

KUBERAY_CO_TEST(LogFollower, an_age_stands_for_one_moment)
{
    log_follow_options options;
    options.since = 60s;
    scene at(co_await asio::this_coro::executor, options);
    at.pod("running");
    at.answer(scripted_answer(200, "").with_field("Date", "Sat, 31 Jan 2026 12:01:00 GMT"));
    at.pod("running").log(first_line).pod("terminated").log(first_line);
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"one"});
    EXPECT_EQ(at.asked(), (words{"pod", "follow sinc60", "pod", "follow sinc00%3A00Z", "pod", "rest sinc00%3A05Z"}));
}

KUBERAY_CO_TEST(LogFollower, has_neither_a_previous_run_nor_a_limit)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    log_follow_options previous, limited;
    previous.previous = true;
    limited.limit_bytes = 5;
    for (log_follow_options const& options : {previous, limited}) {
        scene at(executor, options);
        task<std::optional<log_line>> reading = at.next();
        result<std::optional<log_line>> const line = co_await as_result(std::move(reading));
        EXPECT_TRUE(line.has_error() && line.error().code() == errc::bad_input);
        EXPECT_TRUE(at.server->journal().empty());
    }
}

KUBERAY_CO_TEST(LogFollower, can_be_used_again_after_a_cancellation)
{
    scene at(co_await asio::this_coro::executor);
    at.pod("running").answer(scripted_answer(200, first_line + "2026").then_hangs());
    at.pod("running").log(first_line + second_line).pod("terminated").log(second_line);
    std::optional<log_line> const first = co_await at.next();
    EXPECT_TRUE(first && first->text == "one" && first->time);
    result<std::optional<log_line>> const cut = co_await as_result(with_timeout(10ms, at.next()));
    EXPECT_TRUE(cut.has_error());
    words const lines = co_await at.all();
    EXPECT_EQ(lines, words{"two \xc3\xa4"});
    EXPECT_TRUE(at.reconnects.empty());
}

KUBERAY_CO_TEST(LogFollower, can_go_before_its_task_does)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    asio::cancellation_signal stop;
    auto const ended = std::make_shared<bool>(false);
    kuberay::condition changed(executor);
    auto done = [ended, changed](result<std::optional<log_line>>) mutable {
        *ended = true;
        changed.notify_all();
    };
    std::optional<scene> at;
    at.emplace(executor);
    at->pod("running").answer(scripted_answer(200, "").then_hangs());
    auto const server = at->server;
    async_run(executor, at->next(), asio::bind_cancellation_slot(stop.slot(), done));
    co_await server->reached(2);
    at.reset();
    stop.emit(asio::cancellation_type::terminal);
    while (!*ended)
        co_await changed.wait();
}

}  // namespace
}  // namespace kuberay::kube::follow_scene
