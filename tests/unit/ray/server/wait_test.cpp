#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/delete.hpp>
#include <kuberay/ray/wait.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using test::server_and_client;

constexpr std::string_view provisioned =
    R"("spec": {}, "status": {"conditions": [{"type": "RayClusterProvisioned", "status": "True"}]})";

std::string uid_of(json::object const& object)
{
    return std::string(string_at(*object.if_contains("metadata"), "uid"));
}

KUBERAY_CO_TEST(wait_cluster_ready, ends_with_the_cluster_when_it_was_provisioned)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const uid = uid_of(on.put_cluster("demo"));
    int most_ready = 0;
    wait_options options;
    options.on_progress = [&](progress const& p) {
        most_ready = std::max(most_ready, p.pods_ready);
        if (p.pods_ready == 1) on.put_cluster("demo", provisioned);
    };
    on.server.on_change([&](std::string_view, json::object const&) {});
    on.put_pod("demo-head", "demo", "headgroup", true);
    cluster const ready = co_await wait_cluster_ready(on.client, "default", "demo", uid, options);
    EXPECT_EQ(ready.metadata.name, "demo");
    EXPECT_EQ(most_ready, 1);
}

KUBERAY_CO_TEST(wait_cluster_ready, resumes_when_its_watch_is_closed)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const uid = uid_of(on.put_cluster("demo"));
    on.put_pod("demo-head", "demo", "headgroup", true);
    bool dropped = false;
    wait_options options;
    options.on_progress = [&](progress const& p) {
        if (p.pods_ready != 1 || dropped) return;
        dropped = true;
        on.server.end_watches();
        on.put_cluster("demo", provisioned);
    };
    cluster const ready = co_await wait_cluster_ready(on.client, "default", "demo", uid, options);
    EXPECT_EQ(ready.metadata.uid, uid);
    EXPECT_TRUE(dropped);
}

KUBERAY_CO_TEST(wait_cluster_ready, ends_at_once_when_the_cluster_is_deleted)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const uid = uid_of(on.put_cluster("demo"));
    bool removed = false;
    wait_options options;
    options.on_progress = [&](progress const& p) {
        if (p.pods_wanted == 0 || removed) return;
        removed = true;
        on.server.remove("rayclusters.ray.io", "default", "demo");
    };
    task<cluster> waiting = wait_cluster_ready(on.client, "default", "demo", uid, options);
    result<cluster> const ended = co_await as_result(std::move(waiting));
    EXPECT_TRUE(ended.has_error());
    if (ended.has_error()) {
        EXPECT_EQ(ended.error().code(), errc::unsatisfiable);
        EXPECT_THAT(ended.error().message(), ::testing::HasSubstr("it was deleted"));
    }
}

KUBERAY_CO_TEST(wait_cluster_ready, a_failure_ends_it_when_its_time_is_over)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const uid =
        uid_of(on.put_cluster("demo", R"("spec": {}, "status": {"state": "failed", "reason": "r"})"));
    auto clock = std::chrono::steady_clock::time_point();
    std::vector<std::string> told;
    wait_options options;
    options.now = [&] { return clock; };
    options.on_progress = [&](progress const& p) {
        for (auto const& message : p.messages)
            told.push_back(message);
        if (!p.messages.empty()) clock += std::chrono::seconds(61);
    };
    task<cluster> waiting = wait_cluster_ready(on.client, "default", "demo", uid, options);
    result<cluster> const ended = co_await as_result(std::move(waiting));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::unsatisfiable);
    EXPECT_THAT(told, ::testing::Contains("state failed: r"));
}

KUBERAY_CO_TEST(wait_cluster_ready, its_deadline_is_told_with_the_cluster)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const uid = uid_of(on.put_cluster("demo"));
    wait_options options;
    options.timeout = std::chrono::milliseconds(50);
    task<cluster> waiting = wait_cluster_ready(on.client, "default", "demo", uid, options);
    result<cluster> const ended = co_await as_result(std::move(waiting));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::timed_out);
    EXPECT_THAT(test::message_of(ended), ::testing::HasSubstr("RayCluster default/demo"));
}

std::vector<target> targets_of(std::vector<std::string> const& names)
{
    std::vector<target> targets;
    for (std::string const& name : names)
        targets.push_back(parse_target(name).value());
    return targets;
}

KUBERAY_CO_TEST(delete_targets, keeps_the_order_and_goes_on_past_a_failure)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("a");
    on.put_cluster("b");
    std::vector<target> const targets = targets_of({"b", "missing", "a"});
    auto const looked_up = co_await find_for_deletion(on.client, "default", targets);
    std::vector<deletion> what;
    for (std::size_t i = 0; i < looked_up.size(); ++i) {
        deletion one;
        one.what = targets[i];
        if (*looked_up[i]) one = **looked_up[i];
        what.push_back(one);
    }
    EXPECT_TRUE(what[1].uid.empty());
    EXPECT_FALSE(what[0].uid.empty());
    delete_options options;
    options.wait = true;
    options.timeout = std::chrono::seconds(20);
    auto const ended = co_await delete_targets(on.client, "default", what, options);
    EXPECT_EQ(ended.size(), 3U);
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    EXPECT_TRUE(ended[1].has_error() && ended[1].error().code() == reason::not_found);
    EXPECT_TRUE(ended[2].has_value());
    EXPECT_TRUE(on.server.all("rayclusters.ray.io").empty());
}

KUBERAY_CO_TEST(delete_targets, leaves_an_object_alone_that_took_the_name_meanwhile)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("a");
    deletion old;
    old.what = target(target_kind::cluster, "a");
    old.uid = "00000000-0000-0000-0000-000000000000";
    std::vector<deletion> const what{old};
    delete_options const options;
    auto const ended = co_await delete_targets(on.client, "default", what, options);
    EXPECT_TRUE(ended[0].has_error() && ended[0].error().code() == reason::conflict);
    EXPECT_THAT(test::message_of(ended[0]), ::testing::HasSubstr("was replaced by another"));
    EXPECT_EQ(on.server.all("rayclusters.ray.io").size(), 1U);
}

}  // namespace
}  // namespace kuberay::ray
