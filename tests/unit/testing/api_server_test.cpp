#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/asio/this_coro.hpp>

using namespace kuberay;
using kuberay::testing::api_server;
using kuberay::testing::api_server_options;
using kuberay::testing::api_server_thread;

namespace {

kube::resource_type const& pod_type()
{
    static kube::resource_type const type("", "v1", "Pod", "pods");
    return type;
}

constexpr char const* two_pods = R"(
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: team, labels: {app: x}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: team}
spec: {containers: [{name: c, image: i}]}
)";

task<std::string> names_in(kube::client client, std::string ns)
{
    kube::api<kube::object> const pods = kube::api<kube::object>::in_ns(client, pod_type(), ns);
    kube::object_list<kube::object> const list = co_await pods.list();
    std::string names;
    for (kube::object const& pod : list.items)
        names += pod.metadata.name + " ";
    co_return names;
}

}  // namespace

KUBERAY_CO_TEST(api_server, serves_what_was_put)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server server(executor);
    server.put_yaml(two_pods);
    server.start();
    kube::client const client(executor, server.config());
    std::string const names = co_await names_in(client, "team");
    EXPECT_EQ(names, "a b ");
    EXPECT_TRUE(server.find("namespaces", "", "team").has_value());
    EXPECT_TRUE(server.remove("pods", "team", "a"));
    EXPECT_FALSE(server.remove("pods", "team", "a"));
    EXPECT_EQ(server.all("pods", "team").size(), 1u);
    EXPECT_EQ(server.journal().front().path(), "/api/v1/namespaces/team/pods");
    EXPECT_EQ(server.journal().front().status, 200);
}

KUBERAY_CO_TEST(api_server, speaks_tls_and_knows_its_client_by_certificate)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server_options options;
    options.tls = true;
    options.client_certificate_user = "jane";
    api_server server(executor, options);
    server.start();
    EXPECT_TRUE(server.url().starts_with("https://127.0.0.1:")) << server.url();
    kube::client const client(executor, server.config());
    std::string const names = co_await names_in(client, "default");
    EXPECT_EQ(names, "");
    EXPECT_EQ(server.journal().back().user, "jane");
}

KUBERAY_CO_TEST(api_server, refuses_what_is_denied)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server_options options;
    options.tokens.emplace_back("secret", "jane");
    api_server server(executor, options);
    kuberay::testing::deny_rule rule;
    rule.verb = "list";
    rule.resource = "pods";
    server.deny(rule);
    server.start();
    kube::client const client(executor, server.config());
    task<std::string> listing = names_in(client, "team");
    result<std::string> const listed = co_await as_result(std::move(listing));
    EXPECT_TRUE(listed.has_error());
    EXPECT_EQ(listed.error().code(), reason::forbidden);
    EXPECT_EQ(
        listed.error().status()->message,
        "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"team\""
    );
}

namespace {

task<void> keep_next(kube::watcher<kube::object>* changes, std::string* into)
{
    kube::watch_event<kube::object> const event = co_await changes->next();
    *into = (event.change == kube::change::deleted ? "deleted " : "not deleted ") + event.object.metadata.name;
}

/// Once a watch is open: its connection breaks, and a pod goes before the client is back.
task<void> interrupt(kuberay::testing::api_server server, std::string pod, bool forget)
{
    auto const is_watching = [server] { return server.watches() == 1; };
    co_await server.until(is_watching);
    server.drop_connections();
    server.remove("pods", "team", pod);
    if (forget) server.compact();
}

}  // namespace

KUBERAY_CO_TEST(api_server, a_watch_survives_dropped_connections_and_forgotten_history)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server server(executor);
    server.put_yaml(two_pods);
    server.start();
    kube::client const client(executor, server.config());
    kube::api<kube::object> const pods = kube::api<kube::object>::in_ns(client, pod_type(), "team");
    kube::watcher<kube::object> changes = pods.watch();
    for (int i = 0; i < 3; ++i) {
        kube::watch_event<kube::object> const event = co_await changes.next();
        EXPECT_EQ(event.change, i < 2 ? kube::change::added : kube::change::synced);
    }
    static constexpr bool rounds[] = {false, true};
    for (bool const forget : rounds) {
        std::string seen;
        std::vector<task<void>> both;
        both.push_back(keep_next(&changes, &seen));
        both.push_back(interrupt(server, forget ? "b" : "a", forget));
        std::vector<result<void>> const done = co_await run_all(std::move(both));
        EXPECT_TRUE(done.at(0).has_value());
        EXPECT_EQ(seen, forget ? "deleted b" : "deleted a");
    }
}

KUBERAY_CO_TEST(api_server, a_clock_that_stands_gives_the_times)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server server(executor);
    server.set_time(parse_rfc3339("2026-02-03T04:05:06Z").value());
    server.put_yaml(two_pods);
    json::value const pod = server.find("pods", "team", "a").value();
    EXPECT_EQ(string_at(pod, "metadata.creationTimestamp"), "2026-02-03T04:05:06Z");
}

namespace {

task<void> say_hello(kuberay::testing::recorded_request request, net::byte_stream* connection)
{
    std::string const body = "hello from " + std::string(request.path());
    std::string const answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    co_await net::write_all(connection, answer);
}

}  // namespace

KUBERAY_CO_TEST(api_server, subresources_can_be_served_from_outside)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    api_server server(executor);
    server.serve("/log", [](kuberay::testing::recorded_request request, net::byte_stream* connection) {
        return say_hello(std::move(request), connection);
    });
    server.start();
    kube::client const client(executor, server.config());
    net::http_request request;
    request.target = "/api/v1/namespaces/team/pods/a/log";
    net::http_response response = co_await client.send(request);
    std::string const body = co_await response.read_all();
    EXPECT_EQ(body, "hello from /api/v1/namespaces/team/pods/a/log");
}

TEST(api_server_thread, is_asked_from_another_thread)
{
    api_server_thread server;
    server.run([](api_server& on) { on.put_yaml(two_pods); });
    std::size_t const count = server.ask([](api_server& on) { return on.all("pods").size(); });
    EXPECT_EQ(count, 2u);
    EXPECT_NE(server.kubeconfig().find(server.url()), std::string::npos) << server.kubeconfig();
    EXPECT_THROW(server.run([](api_server& on) { on.find("nothing", "", ""); }), failure);
}
