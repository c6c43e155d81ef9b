#include "ray/cluster_log_follower.hpp"
#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/follow_logs.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <algorithm>
#include <vector>

namespace kuberay::ray {
namespace {

using namespace std::chrono_literals;
using words = std::vector<std::string>;
using testing::stream_fault;

struct scene : test::server_and_client {
    explicit scene(asio::any_io_executor executor)
        : server_and_client(std::move(executor))
        , streams(server)
    {
        put_cluster("demo");
        node("demo-head", "head");
        node("demo-worker", "worker");
        options.on_pod = [this](std::string const& pod, bool came) { notes.push_back((came ? "+" : "-") + pod); };
        options.on_trouble = [this](std::string const& pod, error const& cause) {
            troubles.push_back(pod + ": " + cause.message());
        };
    }

    void node(std::string const& name, std::string const& type, std::string const& cluster = "demo")
    {
        put(R"({"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":")" + name
            + R"(","labels":{"ray.io/is-ray-node":"yes","ray.io/cluster":")" + cluster + R"(","ray.io/node-type":")"
            + type
            + R"("}},"spec":{"nodeName":"n","containers":[{"name":"ray","image":"i"},{"name":"side","image":"i"}]},)"
            + R"("status":{"phase":"Running","containerStatuses":[{"name":"ray","restartCount":0,"state":{"running":{}}},)"
            + R"({"name":"side","restartCount":0,"state":{"running":{}}}]}})");
    }

    cluster_log_follower follow() { return cluster_log_follower(client, "", "demo", options); }

    testing::pod_streams streams;
    follow_logs_options options;
    words notes, troubles;
};

std::string shown(std::optional<node_log_line> const& line)
{
    if (!line) return "end";
    return line->pod + (line->is_head ? "(head)/" : "/") + line->container + ": " + line->line.text;
}

/// The next lines, sorted: those of different nodes come in any order.
task<words> take(cluster_log_follower* from, std::size_t count)
{
    words lines;
    for (std::size_t i = 0; i < count; ++i) {
        std::optional<node_log_line> const line = co_await from->next();
        lines.push_back(shown(line));
    }
    std::ranges::sort(lines);
    co_return lines;
}

KUBERAY_CO_TEST(FollowLogs, lines_of_all_nodes_come_and_of_those_that_join)
{
    scene at(co_await asio::this_coro::executor);
    at.streams.append_log("demo-head", "ray", "a\n");
    at.streams.append_log("demo-worker", "ray", "b\n");
    at.streams.append_log("demo-worker", "side", "not asked for\n");
    cluster_log_follower follower = at.follow();
    words lines = co_await take(&follower, 2);
    EXPECT_EQ(lines, (words{"demo-head(head)/ray: a", "demo-worker/ray: b"}));
    at.node("demo-late", "worker");
    at.streams.append_log("demo-late", "ray", "c\n");
    lines = co_await take(&follower, 1);
    EXPECT_EQ(lines, words{"demo-late/ray: c"});
    EXPECT_EQ(at.notes.back(), "+demo-late");
}

KUBERAY_CO_TEST(FollowLogs, ends_with_the_cluster)
{
    scene at(co_await asio::this_coro::executor);
    at.streams.append_log("demo-head", "ray", "a\n");
    cluster_log_follower follower = at.follow();
    words lines = co_await take(&follower, 1);
    at.server.remove("rayclusters.ray.io", "default", "demo");
    at.server.remove("pods", "default", "demo-head");
    at.server.remove("pods", "default", "demo-worker");
    at.server.drop_connections();
    lines = co_await take(&follower, 1);
    EXPECT_EQ(lines, words{"end"});
}

// What the watch says of a pod that leaves is what it says of one whose node was lost: deleted, and its log stays open.
KUBERAY_CO_TEST(FollowLogs, ends_with_the_cluster_though_logs_stay_open)
{
    scene at(co_await asio::this_coro::executor);
    at.streams.append_log("demo-head", "ray", "a\n");
    auto const parts = std::make_shared<cluster_log_follower::implementation>(
        at.client, "", "demo", at.options, programs_in(at.client, "default")
    );
    parts->set_patience(10ms);
    cluster_log_follower follower(parts);
    words lines = co_await take(&follower, 1);
    at.node("demo-head", "head", "another");
    at.node("demo-worker", "worker", "another");
    at.server.remove("rayclusters.ray.io", "default", "demo");
    lines = co_await take(&follower, 1);
    EXPECT_EQ(lines, words{"end"});
    EXPECT_TRUE(at.server.find("pods", "default", "demo-head").has_value());
}

KUBERAY_CO_TEST(FollowLogs, nodes_and_containers_can_be_chosen)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    struct row {
        char const *what, *node, *container;
        node_kinds nodes;
        words lines;
    };
    row const rows[] = {
        {"heads", "", "", node_kinds::head, {"demo-head(head)/ray: 1"}},
        {"workers", "", "", node_kinds::worker, {"demo-worker/ray: 3"}},
        {"one node", "demo-worker", "", node_kinds::all, {"demo-worker/ray: 3"}},
        {"a side-car", "", "side", node_kinds::all, {"demo-head(head)/side: 2", "demo-worker/side: 4"}},
        {"all of a node", "demo-head", "*", node_kinds::all, {"demo-head(head)/ray: 1", "demo-head(head)/side: 2"}},
    };
    for (row const& r : rows) {
        scene at(executor);
        at.streams.append_log("demo-head", "ray", "1\n");
        at.streams.append_log("demo-head", "side", "2\n");
        at.streams.append_log("demo-worker", "ray", "3\n");
        at.streams.append_log("demo-worker", "side", "4\n");
        at.options.node = r.node;
        at.options.container = r.container;
        at.options.nodes = r.nodes;
        cluster_log_follower follower = at.follow();
        words const lines = co_await take(&follower, r.lines.size());
        EXPECT_EQ(lines, r.lines) << r.what;
        task<std::optional<node_log_line>> more = follower.next();
        result<std::optional<node_log_line>> const none = co_await as_result(with_timeout(20ms, std::move(more)));
        EXPECT_TRUE(none.has_error()) << r.what << ": " << shown(none.has_value() ? *none : std::nullopt);
    }
}

KUBERAY_CO_TEST(FollowLogs, a_container_that_no_head_has_is_a_mistake_that_is_told)
{
    scene at(co_await asio::this_coro::executor);
    at.options.container = "sied";
    cluster_log_follower follower = at.follow();
    task<std::optional<node_log_line>> more = follower.next();
    result<std::optional<node_log_line>> const none = co_await as_result(with_timeout(200ms, std::move(more)));
    EXPECT_EQ(none.error().code(), errc::timed_out);
    EXPECT_EQ(at.troubles, words{"demo-head: there is no container \"sied\", only ray, side"});
    EXPECT_EQ(at.notes, words{}) << "nothing is followed";
}

KUBERAY_CO_TEST(FollowLogs, a_container_that_restarts_is_followed_into_its_new_run)
{
    scene at(co_await asio::this_coro::executor);
    at.options.nodes = node_kinds::head;
    at.streams.append_log("demo-head", "ray", "old\n");
    cluster_log_follower follower = at.follow();
    words lines = co_await take(&follower, 1);
    EXPECT_EQ(lines, words{"demo-head(head)/ray: old"});
    at.streams.rotate_log("demo-head", "ray");
    at.streams.append_log("demo-head", "ray", "new\n");
    lines = co_await take(&follower, 1);
    EXPECT_EQ(lines, words{"demo-head(head)/ray: new"});
}

KUBERAY_CO_TEST(FollowLogs, cuts_lose_and_repeat_nothing)
{
    scene at(co_await asio::this_coro::executor);
    at.options.nodes = node_kinds::head;
    for (std::uint64_t const after : {1U, 100U, 777U, 5000U}) {
        stream_fault cut;
        cut.what = after % 2 == 0 ? stream_fault::kind::log_cut : stream_fault::kind::log_false_end;
        cut.after_bytes = after;
        at.streams.inject(cut);
    }
    for (int i = 0; i < 1000; ++i)
        at.streams.append_log("demo-head", "ray", std::to_string(i) + "\n");
    cluster_log_follower follower = at.follow();
    for (int i = 0; i < 1000; ++i) {
        std::optional<node_log_line> const line = co_await follower.next();
        if (!line || line->line.text != std::to_string(i)) throw std::runtime_error(shown(line));
    }
    EXPECT_EQ(at.troubles.size(), 4U);
}

KUBERAY_CO_TEST(FollowLogs, says_at_once_what_waiting_cannot_heal)
{
    struct row {
        std::string what;
        std::function<void(scene&)> break_it;
        error_code code;
    };
    row const rows[] = {
        {"no cluster", [](scene& s) { s.server.remove("rayclusters.ray.io", "default", "demo"); }, reason::not_found},
        {"no such node", [](scene& s) { s.options.node = "other"; }, reason::not_found},
        {"an age of a file",
         [](scene& s) {
             s.options.file = "raylet.out";
             s.options.since = 5s;
         },
         errc::bad_input},
        {"no right to logs",
         [](scene& s) {
             testing::deny_rule rule;
             rule.resource = "pods/log";
             s.server.deny(rule);
         },
         reason::forbidden},
    };
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    for (row const& r : rows) {
        scene at(executor);
        r.break_it(at);
        cluster_log_follower follower = at.follow();
        task<std::optional<node_log_line>> reading = follower.next();
        result<std::optional<node_log_line>> const refused = co_await as_result(std::move(reading));
        EXPECT_TRUE(refused.has_error()) << r.what;
        EXPECT_EQ(refused.error().code(), r.code) << r.what << ": " << refused.error().message();
    }
}

KUBERAY_CO_TEST(FollowLogs, a_follower_can_go_at_any_time)
{
    scene at(co_await asio::this_coro::executor);
    at.streams.append_log("demo-head", "ray", "a\n");
    for (int i = 0; i < 3; ++i) {
        cluster_log_follower follower = at.follow();
        if (i > 0) words const lines = co_await take(&follower, 1);
    }
    std::function<bool()> const all_left = [&] { return at.streams.sessions() == 0; };
    co_await at.server.until(all_left);
}

}  // namespace
}  // namespace kuberay::ray
