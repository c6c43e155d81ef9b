#include "../pod_world.hpp"
#include "head_world.hpp"

using namespace kuberay;
using namespace kuberay::test;

namespace {

head_fault fault_of(head_fault::kind what, std::uint64_t after_bytes = 0, int times = 1)
{
    head_fault fault;
    fault.what = what;
    fault.after_bytes = after_bytes;
    fault.times = times;
    return fault;
}

task<error> refusal_of(task<reply> asking)
{
    result<reply> const answer = co_await as_result(std::move(asking));
    EXPECT_TRUE(answer.has_error()) << answer->status << answer->body;
    co_return answer.has_error() ? answer.error() : error();
}

}  // namespace

KUBERAY_CO_TEST(ray_head_faults, loses_the_answer_of_a_request_that_was_carried_out)
{
    head_world world(co_await asio::this_coro::executor);
    world.head.inject(fault_of(head_fault::kind::answer_lost));
    error const lost = co_await refusal_of(world.submit(job_that("j", "true")));
    EXPECT_EQ(lost.code(), errc::connection_lost) << lost.message();
    co_await world.end_of("j");
    EXPECT_EQ(world.head.requests("POST", "/api/jobs/"), 1U);
}

KUBERAY_CO_TEST(ray_head_faults, cuts_uploads_and_logs)
{
    head_world world(co_await asio::this_coro::executor);
    world.head.inject(fault_of(head_fault::kind::upload_cut, 1000));
    task<reply> putting = world.ask("PUT", "/api/packages/gcs/p", std::string(5000000, 'x'));
    result<reply> const cut = co_await as_result(std::move(putting));
    EXPECT_TRUE(world.head.packages().empty());
    reply const accepted = co_await world.submit(job_that("j", "seq 1000"));
    co_await world.end_of("j");
    world.head.inject(fault_of(head_fault::kind::log_cut, 700));
    std::string const target = world.log_target("j");
    error const broken = co_await refusal_of(world.ask("GET", target));
    EXPECT_EQ(broken.code(), errc::connection_lost) << broken.message();
    reply const whole = co_await world.ask("GET", target);
    EXPECT_TRUE(whole.body.ends_with("\n1000\n"));
}

KUBERAY_CO_TEST(ray_head_faults, answers_wrongly_where_it_is_told_to)
{
    head_world world(co_await asio::this_coro::executor);
    head_fault refused = fault_of(head_fault::kind::unauthorized);
    refused.path = "/api/version";
    world.head.inject(refused);
    world.head.inject(fault_of(head_fault::kind::internal_error));
    world.head.inject(fault_of(head_fault::kind::stream_unsupported));
    world.head.inject(fault_of(head_fault::kind::file_unsupported));
    reply const list = co_await world.ask("GET", "/api/jobs/");
    EXPECT_EQ(list.status, 500);
    EXPECT_TRUE(list.body.starts_with("Traceback (most recent call last):")) << list.body;
    reply const version = co_await world.ask("GET", "/api/version");
    EXPECT_EQ(version.status, 401);
    reply const stream = co_await world.ask("GET", "/api/v0/logs/stream?submission_id=x&node_id=x");
    EXPECT_EQ(stream.status, 404);
    std::string const target = world.log_target("x");
    reply const file = co_await world.ask("GET", target);
    EXPECT_EQ(file.status, 404);
    reply const again = co_await world.ask("GET", "/api/version");
    EXPECT_EQ(again.status, 200);
}

KUBERAY_CO_TEST(ray_head_faults, refuses_connections_so_often)
{
    head_world world(co_await asio::this_coro::executor);
    world.head.inject(fault_of(head_fault::kind::refuse_connections, 0, 2));
    error const first = co_await refusal_of(world.ask("GET", "/api/version"));
    EXPECT_EQ(first.code(), errc::connection_lost) << first.message();
    error const second = co_await refusal_of(world.ask("GET", "/api/version"));
    reply const third = co_await world.ask("GET", "/api/version");
    EXPECT_EQ(string_at(third.document(), "ray_version"), "2.60.0");
}

KUBERAY_CO_TEST(ray_head_faults, asks_for_its_token_as_ray_does)
{
    ray_head_options options;
    options.token = "secret";
    head_world const world(co_await asio::this_coro::executor, options);
    reply const none = co_await world.ask("GET", "/api/version");
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(none.body, "Unauthorized: Missing authentication token");
    net::http_request request("GET", "/api/version");
    request.fields.set("X-Ray-Authorization", "Bearer secret");
    reply const other_field = co_await reply_of(world.client, request);
    EXPECT_EQ(other_field.status, 200);
    request.fields.set("Authorization", "bearer secret");
    reply const wrong = co_await reply_of(world.client, request);
    EXPECT_EQ(wrong.status, 403);
    EXPECT_EQ(wrong.body, "Forbidden: Invalid authentication token");
    net::http_request cookie("GET", "/api/version");
    cookie.fields.set("Cookie", "a=b; ray-authentication-token=secret");
    reply const by_cookie = co_await reply_of(world.client, cookie);
    EXPECT_EQ(by_cookie.status, 200);
    reply const health = co_await world.ask("GET", "/api/gcs_healthz");
    EXPECT_EQ(health.body, "success");
    reply const mode = co_await world.ask("GET", "/api/authentication_mode");
    EXPECT_EQ(mode.body, R"({"authentication_mode":"token"})");
}

KUBERAY_CO_TEST(ray_head_faults, is_reached_through_pods_and_ends_with_its_last_handle)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    world cluster(executor);
    auto head = std::make_optional<ray_head>(executor);
    head->attach_to(cluster.streams);
    std::vector<std::string> const protocols = {v4};
    net::http_request const request = get_of("one/portforward?ports=8265");
    for (bool const there : {true, false}) {
        net::websocket socket = co_await cluster.client.open_websocket(request, protocols);
        std::string text;
        std::string const channel(1, '\0');
        co_await socket.write(channel + "GET /api/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        for (;;) {
            task<std::optional<net::websocket_message>> reading = socket.read();
            result<std::optional<net::websocket_message>> const message = co_await as_result(std::move(reading));
            if (message.has_error() || !*message) break;
            text += (*message)->payload.substr(1);
            if (text.find("session_name") != std::string::npos) break;
        }
        EXPECT_EQ(text.find("HTTP/1.1 200 OK") != std::string::npos, there) << text;
        head.reset();
    }
}
