#include "net/gzip.hpp"
#include "net/http_client.hpp"
#include "support/co_test.hpp"
#include "support/script.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using test::script;
using test::scripted_server;

constexpr char const* get_head = "GET /x HTTP/1.1\r\nHost: server\r\nAccept-Encoding: gzip\r\n\r\n";
constexpr char const* ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

std::string post_bytes(std::string const& body)
{
    return "POST /x HTTP/1.1\r\nHost: server\r\nAccept-Encoding: gzip\r\nContent-Length: " + std::to_string(body.size())
           + "\r\n\r\n" + body;
}

http_request post(std::string body)
{
    http_request request("POST", "/x");
    request.body = std::move(body);
    return request;
}

std::shared_ptr<transport> client_of(scripted_server const& server, asio::any_io_executor executor)
{
    pool_options connections;
    connections.dial = server.dialer();
    return make_http_client_over(std::move(executor), "server", std::move(connections), http_client_options());
}

task<std::string> fetch(std::shared_ptr<transport> client, http_request request)
{
    http_response response = co_await client->send(std::move(request));
    std::string body = co_await response.read_all();
    co_return std::to_string(response.status()) + " " + body;
}

KUBERAY_CO_TEST(http_client, sends_several_requests_over_one_connection)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script()
                   .expect_write(get_head)
                   .reply(ok_answer)
                   .expect_write(post_bytes("body"))
                   .reply("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnew\r\n0\r\n\r\n")
                   .expect_write(get_head)
                   .reply("HTTP/1.1 204 No Content\r\n\r\n")
                   .expect_write(get_head)
                   .reply(ok_answer));
    auto const client = client_of(server, executor);
    std::vector<std::string> const answers{"200 ok", "201 new", "204 ", "200 ok"};
    for (auto const& expected : answers) {
        http_request request = expected == "201 new" ? post("body") : http_request("GET", "/x");
        std::string const answer = co_await fetch(client, std::move(request));
        EXPECT_EQ(answer, expected);
    }
    EXPECT_EQ(server.dialled(), 1u);
}

KUBERAY_CO_TEST(http_client, does_not_reuse_a_connection_that_is_to_be_closed)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<std::string> const answers{
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 408 Request Timeout\r\n\r\n",
    };
    for (auto const& answer : answers) {
        scripted_server server(executor);
        server.add(script().expect_write(get_head).reply(answer));
        server.add(script().expect_write(get_head).reply(ok_answer));
        auto const client = client_of(server, executor);
        std::string const first = co_await fetch(client, http_request("GET", "/x"));
        std::string const second = co_await fetch(client, http_request("GET", "/x"));
        EXPECT_EQ(first, "200 ok");
        EXPECT_EQ(second, "200 ok");
        EXPECT_EQ(server.dialled(), 2u) << answer;
    }
}

KUBERAY_CO_TEST(http_client, closes_the_connection_of_a_response_that_is_dropped_early)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome"));
    server.add(script().expect_write(get_head).reply(ok_answer));
    auto const client = client_of(server, executor);
    {
        http_response response = co_await client->send(http_request("GET", "/x"));
        std::string const piece = co_await response.read_some();
        EXPECT_EQ(piece, "some");
    }
    std::string const second = co_await fetch(client, http_request("GET", "/x"));
    EXPECT_EQ(second, "200 ok");
    EXPECT_EQ(server.dialled(), 2u);
}

KUBERAY_CO_TEST(http_client, every_lost_connection_is_reported_once_nothing_else_can_be_done)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    std::vector<std::string> const answers{ok_answer, chunked};
    for (auto const& answer : answers) {
        script const whole = script().expect_write(post_bytes("some body")).reply(answer);
        for (auto const& variant : whole.failing()) {
            scripted_server server(executor);
            server.add(variant);
            auto const client = client_of(server, executor);
            auto const outcome = co_await as_result(fetch(client, post("some body")));
            EXPECT_EQ(outcome.error().code(), errc::connection_lost) << variant.name();
            EXPECT_EQ(server.dialled(), 1u) << variant.name();
        }
    }
}

KUBERAY_CO_TEST(http_client, a_get_on_a_stale_connection_is_sent_again_unless_its_answer_began)
{
    auto const executor = co_await asio::this_coro::executor;
    script const second = script().expect_write(get_head).reply(ok_answer);
    for (auto const& variant : second.failing()) {
        scripted_server server(executor);
        server.add(script().expect_write(get_head).reply(ok_answer).then(variant));
        server.add(second);
        auto const client = client_of(server, executor);
        std::string const first = co_await fetch(client, http_request("GET", "/x"));
        EXPECT_EQ(first, "200 ok");
        auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x")));
        bool const answer_began =
            variant.name().find("reply") != std::string::npos && variant.name().find("after 0") == std::string::npos;
        EXPECT_EQ(outcome.has_value(), !answer_began) << variant.name();
        EXPECT_EQ(server.dialled(), answer_began ? 1u : 2u) << variant.name();
    }
}

KUBERAY_CO_TEST(http_client, a_post_is_sent_again_only_when_nothing_of_it_was_accepted)
{
    auto const executor = co_await asio::this_coro::executor;
    for (int round = 0; round < 2; ++round) {
        bool const accepted = round == 1;
        scripted_server server(executor);
        script first = script().expect_write(get_head).reply(ok_answer);
        if (accepted) first.expect_write("P");
        first.lose();
        server.add(first);
        server.add(script().expect_write(post_bytes("b")).reply(ok_answer));
        auto const client = client_of(server, executor);
        std::string const warm = co_await fetch(client, http_request("GET", "/x"));
        EXPECT_EQ(warm, "200 ok");
        if (!accepted) co_await server.ended(1);
        auto const outcome = co_await as_result(fetch(client, post("b")));
        EXPECT_EQ(outcome.has_value(), !accepted);
        EXPECT_EQ(server.dialled(), accepted ? 1u : 2u);
    }
}

KUBERAY_CO_TEST(http_client, a_replacement_that_fails_too_is_not_replaced)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply(ok_answer).lose());
    server.add(script().expect_write(get_head).lose());
    server.add(script().expect_write(get_head).reply(ok_answer));
    auto const client = client_of(server, executor);
    std::string const first = co_await fetch(client, http_request("GET", "/x"));
    EXPECT_EQ(first, "200 ok");
    auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x")));
    EXPECT_EQ(outcome.error().code(), errc::connection_lost);
    EXPECT_NE(outcome.error().message().find("GET /x"), std::string::npos) << outcome.error().message();
    EXPECT_EQ(server.dialled(), 2u);
}

KUBERAY_CO_TEST(http_client, errors_of_dialling_come_through)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server const server(executor);
    auto const client = client_of(server, executor);
    auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x")));
    EXPECT_EQ(outcome.error().code(), asio::error::connection_refused);
}

KUBERAY_CO_TEST(http_client, garbage_is_a_protocol_violation_and_a_huge_head_too_large)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply("220 smtp ready\r\n\r\n"));
    server.add(script().expect_write(get_head).reply("HTTP/1.1 200 OK\r\nX: " + std::string(300000, 'x')));
    server.add(script().expect_write(get_head).reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
    auto const client = client_of(server, executor);
    std::vector<errc> const codes{errc::protocol_violation, errc::too_large, errc::protocol_violation};
    for (errc const expected : codes) {
        auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x")));
        EXPECT_EQ(outcome.error().code(), expected);
    }
}

KUBERAY_CO_TEST(http_client, refuses_injected_headers_before_it_connects)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server const server(executor);
    auto const client = client_of(server, executor);
    auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x HTTP/1.1\r\nX: y")));
    EXPECT_EQ(outcome.error().code(), errc::bad_input);
    EXPECT_EQ(server.dialled(), 0u);
}

KUBERAY_CO_TEST(http_client, an_announced_answer_beyond_the_limit_is_not_read)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply("HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n"));
    auto const client = client_of(server, executor);
    auto const outcome = co_await as_result(fetch(client, http_request("GET", "/x")));
    EXPECT_EQ(outcome.error().code(), errc::too_large);
}

KUBERAY_CO_TEST(http_client, a_compressed_bomb_ends_at_the_limit)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const packed = gzip_encode(std::string(20u << 20, 'x'), 9);
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n"
        + packed
    ));
    auto const client = client_of(server, executor);
    http_response response = co_await client->send(http_request("GET", "/x"));
    EXPECT_FALSE(response.fields().contains("Content-Encoding"));
    auto const body = co_await as_result(response.read_all(1u << 20));
    EXPECT_EQ(body.error().code(), errc::too_large);
}

KUBERAY_CO_TEST(http_client, decompresses_an_answer_and_keeps_the_connection)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string plain;
    for (int i = 0; i < 100000; ++i)
        plain += "item " + std::to_string(i) + "\n";
    std::string const packed = gzip_encode(plain);
    std::string const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ";
    scripted_server server(executor);
    server.add(script()
                   .expect_write(get_head)
                   .reply(head + std::to_string(packed.size()) + "\r\n\r\n" + packed)
                   .expect_write(get_head)
                   .reply(head + std::to_string(packed.size() / 2) + "\r\n\r\n" + packed.substr(0, packed.size() / 2))
                   .expect_write(get_head)
                   .reply(head + "5\r\n\r\nplain"));
    auto const client = client_of(server, executor);
    std::string const whole = co_await fetch(client, http_request("GET", "/x"));
    EXPECT_TRUE(whole == "200 " + plain);
    auto const cut = co_await as_result(fetch(client, http_request("GET", "/x")));
    EXPECT_EQ(cut.error().code(), errc::connection_lost);
    auto const garbage = co_await as_result(fetch(client, http_request("GET", "/x")));
    EXPECT_EQ(garbage.error().code(), errc::protocol_violation);
    EXPECT_EQ(server.dialled(), 1u);
}

KUBERAY_CO_TEST(http_client, a_failed_body_stays_failed)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(get_head).reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome").lose());
    auto const client = client_of(server, executor);
    http_response response = co_await client->send(http_request("GET", "/x"));
    std::string const piece = co_await response.read_some();
    EXPECT_EQ(piece, "some");
    for (int i = 0; i < 2; ++i) {
        auto const more = co_await as_result(response.read_some());
        EXPECT_EQ(more.error().code(), errc::connection_lost);
    }
}

KUBERAY_CO_TEST(http_client, a_head_answer_has_no_body)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write_to("\r\n\r\n").reply("HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n"));
    auto const client = client_of(server, executor);
    std::string const answer = co_await fetch(client, http_request("HEAD", "/x"));
    EXPECT_EQ(answer, "200 ");
}

}  // namespace
}  // namespace kuberay::net
