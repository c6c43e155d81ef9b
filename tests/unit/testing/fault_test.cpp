#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/net/byte_stream.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/asio/this_coro.hpp>

using namespace kuberay;
using kuberay::testing::api_server;
using kuberay::testing::api_server_options;
using kuberay::testing::fault;

namespace {

std::string get_of(std::string const& target)
{
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

/// What comes back for one request on a connection of its own, to the end of the connection.
task<std::string> exchange(api_server server, std::string request)
{
    net::byte_stream stream = server.connect();
    co_await net::write_all(&stream, request);
    std::string answer;
    for (;;) {
        task<std::string> reading = net::read_some(&stream);
        result<std::string> const bytes = co_await as_result(std::move(reading));
        if (!bytes || bytes->empty()) co_return answer;
        answer += *bytes;
    }
}

}  // namespace

KUBERAY_CO_TEST(fault, an_answer_is_given_as_often_as_asked)
{
    api_server server(co_await asio::this_coro::executor);
    server.inject(
        fault::answer(429, "slow down", "text/plain").with_field("Retry-After", "1").times(2).on("GET", "/api")
    );
    std::string const request = get_of("/api");
    std::string const first = co_await exchange(server, request);
    EXPECT_TRUE(first.starts_with("HTTP/1.1 429 ")) << first;
    EXPECT_NE(first.find("Retry-After: 1\r\n"), std::string::npos) << first;
    EXPECT_TRUE(first.ends_with("\r\n\r\nslow down")) << first;
    std::string const second = co_await exchange(server, request);
    EXPECT_TRUE(second.starts_with("HTTP/1.1 429 ")) << second;
    std::string const third = co_await exchange(server, request);
    EXPECT_TRUE(third.starts_with("HTTP/1.1 200 ")) << third;
    EXPECT_EQ(server.faults_left(), 0u);
    EXPECT_EQ(server.journal().size(), 3u);
}

KUBERAY_CO_TEST(fault, only_matching_requests_meet_it)
{
    api_server server(co_await asio::this_coro::executor);
    server.inject(fault::status(500, "InternalError", "broken").on("GET", "/apis").when_target_has("x=1").after(1));
    std::string const other_path = get_of("/api?x=1");
    std::string const other_query = get_of("/apis?x=2");
    std::string const matching = get_of("/apis?x=1");
    std::string answer = co_await exchange(server, other_path);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    answer = co_await exchange(server, other_query);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    answer = co_await exchange(server, matching);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << "the first matching one is let through: " << answer;
    answer = co_await exchange(server, matching);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
}

KUBERAY_CO_TEST(fault, a_dropped_answer_ends_after_its_bytes)
{
    api_server server(co_await asio::this_coro::executor);
    std::string const request = get_of("/version");
    server.inject(fault::drop_after(0));
    std::string const nothing = co_await exchange(server, request);
    EXPECT_EQ(nothing, "");
    server.inject(fault::drop_after(20));
    std::string const part = co_await exchange(server, request);
    EXPECT_EQ(part.size(), 20u);
}

KUBERAY_CO_TEST(fault, a_truncated_body_is_a_whole_message)
{
    api_server server(co_await asio::this_coro::executor);
    server.inject(fault::truncate_after(5));
    std::string const request = get_of("/version");
    std::string const answer = co_await exchange(server, request);
    EXPECT_NE(answer.find("Content-Length: 5\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n{\"maj")) << answer;
}

namespace {

task<void> resume_once_paused(api_server server)
{
    auto const is_done = [server] { return !server.journal().empty() && server.journal().front().status == 200; };
    co_await server.until(is_done);
    server.resume();
}

task<void> keep(task<std::string> op, std::string* into) { *into = co_await std::move(op); }

}  // namespace

KUBERAY_CO_TEST(fault, a_paused_answer_goes_on_when_it_is_resumed)
{
    api_server server(co_await asio::this_coro::executor);
    server.inject(fault::pause_after(10));
    std::string answer;
    std::vector<task<void>> both;
    both.push_back(keep(exchange(server, get_of("/readyz")), &answer));
    both.push_back(resume_once_paused(server));
    std::vector<result<void>> const done = co_await run_all(std::move(both));
    EXPECT_TRUE(done.at(1).has_value());
    EXPECT_TRUE(answer.ends_with("\r\n\r\nok")) << answer;
}

KUBERAY_CO_TEST(fault, a_gone_watch_comes_in_both_forms)
{
    api_server server(co_await asio::this_coro::executor);
    std::string const request = get_of("/api/v1/pods?watch=true&resourceVersion=5");
    server.inject(fault::gone());
    std::string const http = co_await exchange(server, request);
    EXPECT_TRUE(http.starts_with("HTTP/1.1 410 ")) << http;
    server.inject(fault::gone_event());
    std::string const event = co_await exchange(server, request);
    EXPECT_TRUE(event.starts_with("HTTP/1.1 200 ")) << event;
    EXPECT_NE(event.find(R"({"type":"ERROR","object":{"kind":"Status")"), std::string::npos) << event;
    EXPECT_NE(event.find(R"("code":410)"), std::string::npos) << event;
}

namespace {

task<void> drop_once_asked(kuberay::testing::api_server server)
{
    auto const is_asked = [server] { return server.journal().size() == 1; };
    co_await server.until(is_asked);
    server.drop_connections();
}

task<void> ask_and_leave(kuberay::testing::api_server server)
{
    net::byte_stream stream = server.connect();
    std::string const request = get_of("/version");
    co_await net::write_all(&stream, request);
    auto const is_asked = [server] { return server.journal().size() == 2; };
    co_await server.until(is_asked);
}

}  // namespace

KUBERAY_CO_TEST(fault, a_hanging_request_ends_with_its_connection)
{
    api_server server(co_await asio::this_coro::executor);
    server.inject(fault::hang().times(2));
    std::string answer = "none";
    std::vector<task<void>> both;
    both.push_back(keep(exchange(server, get_of("/version")), &answer));
    both.push_back(drop_once_asked(server));
    std::vector<result<void>> const done = co_await run_all(std::move(both));
    EXPECT_TRUE(done.at(0).has_value());
    EXPECT_EQ(answer, "");
    co_await ask_and_leave(server);
    auto const is_over = [server] { return server.connections() == 0; };
    co_await server.until(is_over);
}

KUBERAY_CO_TEST(fault, expired_tokens_are_unauthorized)
{
    api_server_options options;
    options.tokens.emplace_back("first", "jane");
    api_server server(co_await asio::this_coro::executor, options);
    std::string const request =
        "GET /api/v1/pods HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer first\r\nConnection: close\r\n\r\n";
    std::string answer = co_await exchange(server, request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_EQ(server.journal().back().user, "jane");
    server.expire_tokens();
    server.accept_token("second", "jane");
    answer = co_await exchange(server, request);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer;
    std::string const anonymous = get_of("/api/v1/namespaces/default/pods");
    answer = co_await exchange(server, anonymous);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 403 ")) << answer;
    EXPECT_NE(
        answer.find(
            R"(User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\")"
        ),
        std::string::npos
    ) << answer;
}
