#include "support/co_test.hpp"
#include "unit/kube/scripted_transport.hpp"

#include <kuberay/kube/client.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/value.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

config usual()
{
    config made;
    made.connect.server = net::parse_url("https://k8s.example:6443/k8s/c-1").value();
    made.auth.token = "secret";
    made.ns = "team";
    made.context = "dev";
    return made;
}

KUBERAY_CO_TEST(client, talks_to_the_configured_server)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    client_options options;
    auto const over = std::make_shared<scripted_transport>(executor);
    options.transport = over;
    over->then(200, "{}");
    client const c(executor, usual(), options);
    EXPECT_EQ(c.default_ns(), "team");
    EXPECT_EQ(c.configuration().context, "dev");
    json::value const value = co_await c.send_for_json(net::http_request("GET", "/version"));
    EXPECT_TRUE(value.is_object());
    net::http_request const sent = over->seen().at(0);
    EXPECT_EQ(sent.target, "/k8s/c-1/version");
    EXPECT_EQ(sent.fields.get("Authorization"), "Bearer secret");
    EXPECT_TRUE(sent.fields.get("User-Agent").starts_with("kuberay/")) << sent.fields.get("User-Agent");
    EXPECT_EQ(c.statistics().requests, 1U);
}

KUBERAY_CO_TEST(client, a_task_outlives_the_client_that_made_it)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    client_options options;
    auto const over = std::make_shared<scripted_transport>(executor);
    options.transport = over;
    over->then(200, "[1]");
    std::optional<client> c(std::in_place, executor, usual(), options);
    task<json::value> later = c->send_for_json(net::http_request("GET", "/x"));
    c.reset();
    json::value const value = co_await std::move(later);
    EXPECT_TRUE(value.is_array());
}

KUBERAY_CO_TEST(client, a_refused_websocket_is_the_servers_status)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    client_options options;
    auto const over = std::make_shared<scripted_transport>(executor);
    options.transport = over;
    over->then(403, R"({"kind":"Status","reason":"Forbidden","message":"no","code":403})");
    over->then(200, "not upgraded");
    client const c(executor, usual(), options);
    net::http_request const request("GET", "/api/v1/namespaces/a/pods/p/exec");
    std::vector<std::string> const offered{"v4.channel.k8s.io"};
    auto const forbidden = co_await as_result(c.open_websocket(request, offered));
    EXPECT_EQ(forbidden.error().code(), reason::forbidden);
    EXPECT_EQ(over->seen().at(0).target, "/k8s/c-1/api/v1/namespaces/a/pods/p/exec");
    EXPECT_EQ(over->seen().at(0).fields.get("Sec-WebSocket-Protocol"), "v4.channel.k8s.io");
    auto const plain = co_await as_result(c.open_websocket(request, offered));
    EXPECT_EQ(plain.error().code(), errc::upgrade_refused);
}

}  // namespace
