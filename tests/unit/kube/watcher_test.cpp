#include "support/co_test.hpp"
#include "unit/kube/watcher_scene.hpp"

#include <kuberay/base/json.hpp>

#include <memory>

namespace kuberay::kube {
namespace {

using namespace watcher_scene;

using words = std::vector<std::string>;

KUBERAY_CO_TEST(Watcher, lists_then_watches_from_the_lists_version)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(
        "GET", path, scripted_answer(200, list_of(meta("a", "1", "ua") + "," + meta("b", "2", "ub"), "10"))
    );
    s.server->answer(
        "GET", path + "?watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300",
        hanging(
            event("MODIFIED", meta("a", "11", "ua")) + event("ADDED", meta("c", "12", "uc"))
            + event("DELETED", meta("b", "13", "ub"))
        )
    );
    words const got = co_await s.next(6);
    EXPECT_EQ(got, (words{"added a@1", "added b@2", "synced", "modified a@11", "added c@12", "deleted b@13"}));
    EXPECT_TRUE(s.reconnects.empty());
}

KUBERAY_CO_TEST(Watcher, resumes_from_the_last_bookmark_at_once_after_a_normal_end)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(scripted_answer(200, bookmark_20));
    s.server->answer(hanging(event("ADDED", meta("a", "21", "ua"))));
    words const got = co_await s.next(2);
    EXPECT_EQ(got, (words{"synced", "added a@21"}));
    EXPECT_EQ(s.asked(), (words{"list", "watch 10", "watch 20"}));
    EXPECT_TRUE(s.waits.empty());
    EXPECT_TRUE(s.reconnects.empty());
}

KUBERAY_CO_TEST(Watcher, both_forms_of_410_lead_to_a_list_that_reports_what_vanished)
{
    scripted_answer const forms[] = {
        scripted_answer(200, event("ERROR", expired)),
        scripted_answer(410, expired),
        scripted_answer(410, "gone", "text/plain"),
        scripted_answer(200, event("ERROR", R"({"kind":"Status","code":410,"reason":"Gone"})")),
    };
    for (auto const& form : forms) {
        scene s(co_await asio::this_coro::executor);
        std::string const three =
            meta("a", "1", "ua") + "," + meta("b", "2", "ub") + "," + meta("c", "3", "uc") + "," + meta("d", "4", "ud");
        s.server->answer(scripted_answer(200, list_of(three, "10")));
        s.server->answer(form);
        // a is unchanged, b changed, c was replaced by another of its name, d is gone, e is new.
        std::string const later = meta("a", "1", "ua") + "," + meta("b", "12", "ub") + "," + meta("c", "13", "uc2")
                                  + "," + meta("e", "14", "ue");
        s.server->answer(scripted_answer(200, list_of(later, "30")));
        s.server->answer(hanging(event("DELETED", meta("e", "31", "ue"))));
        words const first = co_await s.next(5);
        EXPECT_EQ(first.back(), "synced");
        words const got = co_await s.next(6);
        EXPECT_EQ(
            got, (words{"modified b@12", "deleted c@3", "added c@13", "added e@14", "deleted d@4", "deleted e@31"})
        );
        EXPECT_EQ(s.asked(), (words{"list", "watch 10", "list", "watch 30"}));
        EXPECT_TRUE(s.waits.empty());
        EXPECT_EQ(s.reconnects.size(), 1U);
    }
}

KUBERAY_CO_TEST(Watcher, a_server_that_stays_expired_is_not_asked_without_pause)
{
    scene s(co_await asio::this_coro::executor);
    for (int i = 0; i < 3; ++i) {
        s.server->answer(scripted_answer(200, list_of("", "10")));
        s.server->answer(scripted_answer(410, expired));
    }
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(hanging(event("ADDED", meta("a", "11", "ua"))));
    words const got = co_await s.next(2);
    EXPECT_EQ(got, (words{"synced", "added a@11"}));
    EXPECT_EQ(s.waits, (std::vector{800ms, 1600ms}));
}

KUBERAY_CO_TEST(Watcher, a_deleted_object_after_a_list_has_its_metadata)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto server = std::make_shared<fake_transport>(executor);
    std::string const full =
        R"({"spec":{"x":1},"metadata":{"name":"a","namespace":"x","uid":"u","resourceVersion":"1",)"
        R"("labels":{"l":"v"},"managedFields":[{}]}})";
    server->answer(scripted_answer(200, list_of(full, "10")));
    server->answer(scripted_answer(410, expired));
    server->answer(scripted_answer(200, list_of("", "20")));
    client_options options;
    options.transport = server;
    client const on(executor, config(), options);
    raw_watcher changes(
        std::make_shared<raw_watcher::implementation>(on, ray_cluster, "x", watch_params(), watch_environment())
    );
    raw_event gone;
    for (int i = 0; i < 3; ++i)
        gone = co_await changes.next();
    EXPECT_EQ(gone.change, change::deleted);
    EXPECT_EQ(
        to_json(gone.object), R"({"apiVersion":"ray.io/v1","kind":"RayCluster","metadata":{"name":"a","namespace":"x",)"
                              R"("uid":"u","resourceVersion":"1","labels":{"l":"v"}}})"
    );
}

KUBERAY_CO_TEST(Watcher, a_cut_at_any_byte_loses_and_doubles_nothing)
{
    std::string const events = event("ADDED", meta("a", "11", "ua")) + event("MODIFIED", meta("a", "12", "ua"));
    std::size_t const first_end = events.find('\n');
    for (std::size_t at = 0; at < events.size(); ++at) {
        scene s(co_await asio::this_coro::executor);
        s.server->answer(scripted_answer(200, list_of("", "10")));
        s.server->answer(scripted_answer(200, events.substr(0, at)).then_fails(error(errc::connection_lost, "cut")));
        bool const saw_first = at >= first_end;
        s.server->answer(hanging(saw_first ? events.substr(first_end + 1) : events));
        bool const saw_both = at + 1 == events.size();
        std::size_t const due = 3;
        words const got = co_await s.next(due);
        EXPECT_EQ(got, (words{"synced", "added a@11", "modified a@12"})) << at;
        if (saw_both) continue;
        EXPECT_EQ(s.asked(), (words{"list", "watch 10", saw_first ? "watch 11" : "watch 10"})) << at;
        EXPECT_EQ(s.waits, (std::vector{800ms})) << at;
        EXPECT_EQ(s.reconnects.size(), 1U) << at;
    }
}

KUBERAY_CO_TEST(Watcher, an_end_within_an_event_is_a_lost_connection)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(scripted_answer(200, R"({"type":"ADDED","obj)"));
    s.server->answer(hanging(event("ADDED", meta("a", "11", "ua"))));
    words const got = co_await s.next(2);
    EXPECT_EQ(got.back(), "added a@11");
    EXPECT_EQ(s.reconnects.size(), 1U);
    EXPECT_EQ(s.reconnects.at(0).code(), errc::connection_lost);
}

KUBERAY_CO_TEST(Watcher, silence_is_bounded_and_leads_to_a_new_watch)
{
    watch_params params;
    params.idle_limit = 75s;
    scene s(co_await asio::this_coro::executor, params);
    s.server->answer(scripted_answer(200, list_of("", "10")));
    // What the bound of the real environment makes of silence.
    s.server->answer(scripted_answer(200, bookmark_20).then_fails(error(errc::timed_out, "the deadline passed")));
    s.server->answer(hanging(event("ADDED", meta("a", "21", "ua"))));
    words const got = co_await s.next(2);
    EXPECT_EQ(got.back(), "added a@21");
    for (auto const limit : s.limits)
        EXPECT_EQ(limit, 75000ms);
    EXPECT_EQ(s.reconnects.size(), 1U);
    EXPECT_EQ(s.reconnects.at(0).message(), "the watch was silent for too long");
    EXPECT_EQ(s.asked(), (words{"list", "watch 10", "watch 20"}));
}

KUBERAY_CO_TEST(Watcher, real_silence_ends_a_watch)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto server = std::make_shared<fake_transport>(executor);
    server->answer(scripted_answer(200, list_of("", "10")));
    server->answer(hanging(""));
    server->answer(hanging(event("ADDED", meta("a", "11", "ua"))));
    client_options options;
    options.transport = server;
    watch_params params;
    params.idle_limit = 1s;
    watch_environment environment;
    environment.bounded = [](watch_environment::clock::duration, task<void> step) {
        return with_timeout(10ms, std::move(step));
    };
    environment.sleep = [](watch_environment::clock::duration) { return sleep_for(0ms); };
    raw_watcher changes(std::make_shared<raw_watcher::implementation>(
        client(executor, config(), options), ray_cluster, "x", params, environment
    ));
    raw_event last = co_await changes.next();
    EXPECT_EQ(last.change, change::synced);
    last = co_await changes.next();
    EXPECT_EQ(last.change, change::added);
}

KUBERAY_CO_TEST(Watcher, failures_back_off_doubling_to_half_a_minute_and_are_forgiven)
{
    scene s(co_await asio::this_coro::executor);
    for (int i = 0; i < 8; ++i)
        s.server->answer(refusal(500, "InternalError"));
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(scripted_answer(200, "").then_fails(error(errc::connection_lost, "cut")));
    s.server->answer(hanging(event("ADDED", meta("a", "11", "ua"))));
    s.chance = 0.5;
    std::string const first = co_await s.next();
    EXPECT_EQ(first, "synced");
    EXPECT_EQ(s.waits, (std::vector{1200ms, 2400ms, 4800ms, 9600ms, 19200ms, 38400ms, 45000ms, 45000ms}));
    s.now += 3min;
    std::string const second = co_await s.next();
    EXPECT_EQ(second, "added a@11");
    EXPECT_EQ(s.waits.back(), 1200ms);
    EXPECT_EQ(s.server->journal().back().target.find("timeoutSeconds=450") != std::string::npos, true);
}

KUBERAY_CO_TEST(Watcher, a_version_the_server_has_not_seen_leads_to_a_new_list)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(scripted_answer(200, list_of(meta("a", "1", "ua"), "10")));
    s.server->answer(
        refusal(504, "Timeout", R"({"causes":[{"reason":"ResourceVersionTooLarge"}],"retryAfterSeconds":3})")
    );
    s.server->answer(scripted_answer(200, list_of(meta("a", "1", "ua"), "9")));
    s.server->answer(hanging(event("MODIFIED", meta("a", "11", "ua"))));
    words const got = co_await s.next(3);
    EXPECT_EQ(got, (words{"added a@1", "synced", "modified a@11"}));
    EXPECT_EQ(s.asked(), (words{"list", "watch 10", "list", "watch 9"}));
    EXPECT_EQ(s.waits, (std::vector{3000ms}));
}

KUBERAY_CO_TEST(Watcher, what_waiting_cannot_heal_is_thrown)
{
    struct row {
        int code;
        std::string reason;
    };
    row const rows[] = {
        {403, "Forbidden"}, {404, "NotFound"}, {400, "BadRequest"}, {401, "Unauthorized"}, {405, "MethodNotAllowed"}
    };
    for (auto const& r : rows) {
        scene s(co_await asio::this_coro::executor);
        s.server->answer(scripted_answer(200, list_of("", "10")));
        s.server->answer(refusal(r.code, r.reason));
        std::string const first = co_await s.next();
        EXPECT_EQ(first, "synced");
        result<std::string> const second = co_await as_result(s.next());
        EXPECT_TRUE(second.has_error()) << r.code;
        if (!second.has_error()) continue;
        EXPECT_EQ(second.error().status()->http_status, r.code);
        EXPECT_EQ(second.error().message().rfind("watching rayclusters in namespace \"x\": ", 0), 0U)
            << second.error().message();
    }
}

KUBERAY_CO_TEST(Watcher, events_before_an_error_event_are_delivered_first)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(scripted_answer(
        200,
        event("ADDED", meta("a", "11", "ua")) + event("ERROR", R"({"kind":"Status","code":403,"reason":"Forbidden"})")
    ));
    words const got = co_await s.next(2);
    EXPECT_EQ(got, (words{"synced", "added a@11"}));
    result<std::string> const third = co_await as_result(s.next());
    EXPECT_EQ(third.error().code(), reason::forbidden);
}

KUBERAY_CO_TEST(Watcher, a_given_version_is_watched_without_a_list)
{
    watch_params params;
    params.resource_version = "7";
    scene s(co_await asio::this_coro::executor, params);
    s.server->answer(hanging(event("ADDED", meta("a", "8", "ua"))));
    std::string const first = co_await s.next();
    EXPECT_EQ(first, "added a@8");
    EXPECT_EQ(s.asked(), (words{"watch 7"}));
}

KUBERAY_CO_TEST(Watcher, an_interrupted_wait_can_be_taken_up_again)
{
    scene s(co_await asio::this_coro::executor);
    s.server->answer(scripted_answer(200, list_of("", "10")));
    s.server->answer(hanging(""));
    s.server->answer(hanging(event("ADDED", meta("a", "11", "ua"))));
    std::string const first = co_await s.next();
    EXPECT_EQ(first, "synced");
    task<std::string> waiting = s.next();
    result<std::string> const cut = co_await as_result(with_timeout(5ms, std::move(waiting)));
    EXPECT_EQ(cut.error().code(), errc::timed_out);
    std::string const second = co_await s.next();
    EXPECT_EQ(second, "added a@11");
    EXPECT_EQ(s.asked(), (words{"list", "watch 10", "watch 10"}));
    EXPECT_TRUE(s.reconnects.empty());
}

}  // namespace
}  // namespace kuberay::kube
