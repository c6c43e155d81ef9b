#include "unit/kube/api_transport_fixture.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/value.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

KUBERAY_CO_TEST(api_transport, adds_what_every_request_carries)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.parts.path_prefix = "/k8s/c-1";
    on.parts.as.user = "bob";
    on.parts.as.uid = "7";
    on.parts.as.groups = {"a", "b"};
    on.parts.as.extra = {{"acme.com/Team X", "blue"}, {"scopes", "v"}};
    on.over->then(200, "ok");
    auto const server = on.make();
    net::http_request request("GET", "/api/v1/pods");
    request.fields.set("Accept", "application/json");
    net::http_response response = co_await server->send(request);
    std::string const body = co_await response.read_all();
    EXPECT_EQ(body, "ok");
    net::http_request const sent = on.seen().at(0);
    EXPECT_EQ(sent.target, "/k8s/c-1/api/v1/pods");
    EXPECT_EQ(sent.fields.get("Accept"), "application/json");
    EXPECT_EQ(sent.fields.get("Authorization"), "Bearer secret-1");
    EXPECT_EQ(sent.fields.get("User-Agent"), "test/1");
    EXPECT_EQ(sent.fields.get("Impersonate-User"), "bob");
    EXPECT_EQ(sent.fields.get("Impersonate-Uid"), "7");
    EXPECT_EQ(sent.fields.all("Impersonate-Group"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(sent.fields.get("Impersonate-Extra-acme.com%2Fteam%20x"), "blue");
    EXPECT_EQ(sent.fields.get("Impersonate-Extra-scopes"), "v");
}

KUBERAY_CO_TEST(api_transport, an_own_authorization_is_kept_and_not_renewed)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(401, status_body("Unauthorized", 401, "Unauthorized"));
    auto const server = on.make();
    net::http_request request("GET", "/x");
    request.fields.set("Authorization", "Bearer own");
    auto const refused = co_await as_result(server->send(request));
    EXPECT_EQ(refused.error().code(), reason::unauthorized);
    EXPECT_EQ(on.seen().size(), 1U);
    EXPECT_EQ(on.seen().at(0).fields.get("Authorization"), "Bearer own");
}

KUBERAY_CO_TEST(api_transport, a_refused_credential_is_renewed_and_the_request_sent_again_once)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(401, "no");
    on.over->then(201, "made");
    auto const server = on.make();
    net::http_request request("POST", "/x");
    request.body = "payload";
    net::http_response const response = co_await server->send(request);
    EXPECT_EQ(response.status(), 201);
    EXPECT_EQ(on.seen().at(0).fields.get("Authorization"), "Bearer secret-1");
    EXPECT_EQ(on.seen().at(1).fields.get("Authorization"), "Bearer secret-2");
    EXPECT_EQ(on.seen().at(1).body, "payload");
    EXPECT_EQ(server->statistics().credential_refreshes, 1U);
    EXPECT_EQ(server->statistics().requests, 2U);
}

KUBERAY_CO_TEST(api_transport, a_second_401_is_the_answer)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.parts.credentials = std::make_shared<counted_credentials>(9);
    on.over->then(401, "");
    on.over->then(401, status_body("Unauthorized", 401, "Unauthorized"));
    auto const server = on.make();
    auto const refused = co_await as_result(server->send(net::http_request("GET", "/x")));
    EXPECT_EQ(on.seen().size(), 2U);
    EXPECT_EQ(refused.error().message(), "not logged in to https://k8s.example:6443: Unauthorized");
    EXPECT_EQ(
        refused.error().hint(), "The server did not accept the credentials of context \"dev\": log in again, or choose "
                                "another context (--context)."
    );
}

KUBERAY_CO_TEST(api_transport, waits_as_long_as_the_server_asks)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(429, "busy", {{"Retry-After", "1"}});
    on.over->then(
        503, "", {{"Retry-After", "Sat, 31 Jan 2026 00:00:05 GMT"}, {"Date", "Sat, 31 Jan 2026 00:00:02 GMT"}}
    );
    on.over->then(500, "", {{"Retry-After", "0"}});
    on.over->then(200, "");
    auto const server = on.make();
    net::http_request request("PATCH", "/x");
    request.body = "b";
    net::http_response const response = co_await server->send(request);
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(*on.slept, (std::vector<std::int64_t>{1, 3, 0}));
    EXPECT_EQ(server->statistics().retries, 3U);
    EXPECT_EQ(on.seen().at(3).body, "b");
}

KUBERAY_CO_TEST(api_transport, gives_up_after_ten_retries)
{
    server_fixture on(co_await asio::this_coro::executor);
    for (int i = 0; i < 12; ++i)
        on.over->then(429, "busy", {{"Retry-After", "1"}});
    auto const server = on.make();
    auto const refused = co_await as_result(server->send(net::http_request("GET", "/x")));
    EXPECT_EQ(refused.error().code(), reason::too_many_requests);
    EXPECT_EQ(on.seen().size(), 11U);
}

KUBERAY_CO_TEST(api_transport, a_wait_that_is_too_long_is_named_in_the_error)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(503, "down for maintenance", {{"Retry-After", "120"}});
    auto const server = on.make();
    auto const refused = co_await as_result(server->send(net::http_request("GET", "/api/v1/pods")));
    EXPECT_EQ(refused.error().code(), reason::unavailable);
    EXPECT_EQ(refused.error().message(), "GET https://k8s.example:6443/api/v1/pods: down for maintenance");
    EXPECT_EQ(refused.error().hint(), "The server asks to wait 2m0s before the next try.");
    EXPECT_EQ(refused.error().status()->retry_after, std::chrono::seconds(120));
    EXPECT_TRUE(on.slept->empty());
}

KUBERAY_CO_TEST(api_transport, does_not_wait_past_the_deadline_of_the_request)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.parts.request_timeout = std::chrono::seconds(10);
    on.over->then(429, "", {{"Retry-After", "6"}});
    on.over->then(429, "", {{"Retry-After", "6"}});
    auto const server = on.make();
    auto const refused = co_await as_result(server->send(net::http_request("GET", "/x")));
    EXPECT_EQ(refused.error().code(), reason::too_many_requests);
    EXPECT_EQ(*on.slept, std::vector<std::int64_t>{6});
}

KUBERAY_CO_TEST(api_transport, a_body_that_is_read_once_is_sent_once)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(503, "", {{"Retry-After", "1"}});
    auto const server = on.make();
    net::http_request request("POST", "/x");
    net::body_source source;
    source.next = [] { return net::read_some(nullptr, 0); };
    request.source = source;
    auto const refused = co_await as_result(server->send(request));
    EXPECT_EQ(refused.error().code(), reason::unavailable);
    EXPECT_EQ(on.seen().size(), 1U);
}

KUBERAY_CO_TEST(api_transport, a_status_speaks_for_itself)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(404, status_body("NotFound", 404, "rayclusters.ray.io \\\"x\\\" not found"));
    auto const server = on.make();
    auto const refused = co_await as_result(server->send(net::http_request("GET", "/x")));
    EXPECT_EQ(refused.error().code(), reason::not_found);
    EXPECT_EQ(refused.error().message(), "rayclusters.ray.io \"x\" not found");
}

KUBERAY_CO_TEST(api_transport, a_forbidden_request_names_the_permission_it_needs)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(403, status_body("Forbidden", 403, "rayclusters.ray.io is forbidden"));
    auto const server = on.make();
    net::http_request request("GET", "/apis/ray.io/v1/namespaces/team/rayclusters?limit=5");
    auto const refused = co_await as_result(server->send(request));
    EXPECT_EQ(
        refused.error().hint(),
        "A role must allow \"list\" on \"rayclusters\" of the API group ray.io in namespace team; "
        "check with: kubectl auth can-i list rayclusters.ray.io -n team"
    );
}

KUBERAY_CO_TEST(api_transport, a_refused_connection_names_server_and_context)
{
    server_fixture on(co_await asio::this_coro::executor);
    scripted_answer refused;
    refused.thrown = error(make_error_code(boost::asio::error::connection_refused), "connecting to k8s.example:6443");
    on.over->then(refused);
    auto const server = on.make();
    auto const failed = co_await as_result(server->send(net::http_request("GET", "/x")));
    EXPECT_EQ(
        failed.error().message(),
        "the API server https://k8s.example:6443 cannot be reached: connecting to k8s.example:6443: "
        "Connection refused"
    );
    EXPECT_EQ(failed.error().hint(), "Is context \"dev\" the one you mean (--context), and is its server up?");
}

KUBERAY_CO_TEST(api_transport, its_own_limit_is_named)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.parts.request_timeout = std::chrono::milliseconds(20);
    on.over->then(scripted_answer());
    auto const server = on.make();
    auto const late = co_await as_result(server->send_for_json(net::http_request("GET", "/x")));
    EXPECT_EQ(late.error().code(), errc::timed_out);
    EXPECT_EQ(late.error().message(), "GET https://k8s.example:6443/x: no answer within 20ms");
}

KUBERAY_CO_TEST(api_transport, json_is_parsed_and_nothing_is_null)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(200, R"({"a":1})");
    on.over->then(200, "");
    on.over->then(200, "<html>");
    auto const server = on.make();
    json::value const value = co_await server->send_for_json(net::http_request("GET", "/x"));
    EXPECT_EQ(value.at("a").as_int64(), 1);
    json::value const nothing = co_await server->send_for_json(net::http_request("GET", "/x"));
    EXPECT_TRUE(nothing.is_null());
    auto const broken = co_await as_result(server->send_for_json(net::http_request("GET", "/x")));
    EXPECT_EQ(broken.error().code(), errc::bad_document);
    EXPECT_TRUE(broken.error().message().starts_with("the answer to GET https://k8s.example:6443/x: "))
        << broken.error().message();
}

KUBERAY_CO_TEST(api_transport, warnings_are_passed_on_once)
{
    server_fixture on(co_await asio::this_coro::executor);
    std::vector<std::string> said;
    on.parts.on_warning = [&said](std::string_view text) { said.emplace_back(text); };
    for (int i = 0; i < 2; ++i)
        on.over->then(
            200, "", {{"Warning", "299 - \"v1 is \\\"old\\\"\", 299 - \"two\""}, {"Warning", "199 - \"no\""}}
        );
    auto const server = on.make();
    for (int i = 0; i < 2; ++i) {
        net::http_response const ignored = co_await server->send(net::http_request("GET", "/x"));
        static_cast<void>(ignored);
    }
    EXPECT_EQ(said, (std::vector<std::string>{"v1 is \"old\"", "two"}));
}

KUBERAY_CO_TEST(api_transport, an_upgrade_is_authenticated_renewed_and_refused_alike)
{
    server_fixture on(co_await asio::this_coro::executor);
    on.over->then(401, "");
    on.over->then(101, "");
    on.over->then(403, status_body("Forbidden", 403, "pods is forbidden"));
    auto const server = on.make();
    net::upgrade_result const switched = co_await server->upgrade(net::http_request("GET", "/x"));
    EXPECT_EQ(switched.response.status(), 101);
    EXPECT_EQ(on.seen().at(1).fields.get("Authorization"), "Bearer secret-2");
    auto const refused = co_await as_result(server->upgrade(net::http_request("GET", "/x")));
    EXPECT_EQ(refused.error().code(), reason::forbidden);
}

KUBERAY_CO_TEST(api_transport, logs_requests_without_secrets)
{
    server_fixture on(co_await asio::this_coro::executor);
    auto const sink = std::make_shared<recording_log_sink>();
    on.parts.log = logger(sink, 9);
    on.over->then(200, R"({"data":"hunter2"})", {{"Set-Cookie", "hunter3"}, {"Content-Type", "application/json"}});
    on.over->then(200, R"({"visible":true})");
    auto const server = on.make();
    net::http_request request("POST", "/api/v1/namespaces/a/secrets");
    request.body = "hunter4";
    json::value const ignored = co_await server->send_for_json(request);
    json::value const shown = co_await server->send_for_json(net::http_request("GET", "/api/v1/pods"));
    std::string all;
    for (auto const& record : sink->records())
        all += std::to_string(record.level) + " " + record.message + "\n";
    EXPECT_EQ(all.find("hunter"), std::string::npos) << all;
    EXPECT_EQ(all.find("secret-1"), std::string::npos) << all;
    EXPECT_NE(all.find("8 > Authorization: <masked>\n"), std::string::npos) << all;
    EXPECT_NE(all.find("8 < Content-Type: application/json\n"), std::string::npos) << all;
    EXPECT_NE(all.find("9 request body: <masked, 7 bytes>\n"), std::string::npos) << all;
    EXPECT_NE(all.find(R"(9 response body: {"visible":true})"), std::string::npos) << all;
    EXPECT_NE(all.find("6 GET https://k8s.example:6443/api/v1/pods 200 in "), std::string::npos) << all;
    EXPECT_TRUE(ignored.is_object() && shown.is_object());
}

}  // namespace
