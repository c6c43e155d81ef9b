#include "net/http_client.hpp"
#include "net/websocket_stream.hpp"
#include "support/co_test.hpp"
#include "support/script.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using test::script;
using test::scripted_server;

struct ends {
    explicit ends(asio::any_io_executor executor, std::size_t capacity = 65536)
    {
        auto pair = make_stream_pair(executor, capacity);
        client = make_websocket(std::move(pair.first), websocket_role::client, "v4", 1u << 20);
        server = make_websocket(std::move(pair.second), websocket_role::server, "v4", 1u << 20);
    }

    websocket client, server;
};

task<std::string> read_text(websocket* from)
{
    std::optional<websocket_message> message = co_await from->read();
    co_return message ? std::move(message->payload) : std::string("closed");
}

task<std::string> write_text(websocket* to, std::string payload)
{
    co_await to->write(std::move(payload));
    co_return "written";
}

KUBERAY_CO_TEST(websocket, carries_messages_of_all_sizes_both_ways)
{
    auto const executor = co_await asio::this_coro::executor;
    ends on(executor, 1000);
    std::vector<std::size_t> const sizes{0, 1, 125, 126, 4096, 5000, 65536, 300000};
    for (std::size_t const size : sizes) {
        std::vector<task<std::string>> ops;
        ops.push_back(write_text(&on.client, std::string(size, 'c')));
        ops.push_back(write_text(&on.server, std::string(size, 's')));
        ops.push_back(read_text(&on.client));
        ops.push_back(read_text(&on.server));
        auto const ended = co_await run_all(std::move(ops));
        EXPECT_EQ(ended[0].value(), "written");
        EXPECT_EQ(ended[1].value(), "written");
        EXPECT_TRUE(ended[2].value() == std::string(size, 's')) << size;
        EXPECT_TRUE(ended[3].value() == std::string(size, 'c')) << size;
    }
    EXPECT_EQ(on.client.subprotocol(), "v4");
}

task<std::string> close_of(websocket* on)
{
    co_await on->close();
    co_return "done";
}

KUBERAY_CO_TEST(websocket, both_sides_see_the_code_of_a_close)
{
    auto const executor = co_await asio::this_coro::executor;
    ends on(executor);
    std::vector<task<std::string>> ops;
    ops.push_back(close_of(&on.client));
    ops.push_back(read_text(&on.server));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[1].value(), "closed");
    EXPECT_EQ(on.server.close_code(), 1000);
    EXPECT_EQ(on.client.close_code(), 1000);
    auto const late = co_await as_result(on.client.write("late"));
    EXPECT_EQ(late.error().code(), errc::connection_lost);
    std::string const again = co_await read_text(&on.server);
    EXPECT_EQ(again, "closed");
}

KUBERAY_CO_TEST(websocket, close_works_while_a_read_waits)
{
    auto const executor = co_await asio::this_coro::executor;
    ends on(executor);
    std::vector<task<std::string>> ops;
    ops.push_back(read_text(&on.client));
    ops.push_back(close_of(&on.client));
    ops.push_back(read_text(&on.server));
    auto const ended = co_await run_all(std::move(ops));
    for (auto const& one : ended)
        EXPECT_TRUE(one.has_value()) << one.error().message();
    EXPECT_EQ(ended[0].value(), "closed");
}

KUBERAY_CO_TEST(websocket, a_lost_connection_is_no_close)
{
    auto const executor = co_await asio::this_coro::executor;
    ends on(executor);
    on.server.abort();
    auto const seen = co_await as_result(read_text(&on.client));
    EXPECT_EQ(seen.error().code(), errc::connection_lost);
    auto const written = co_await as_result(on.client.write("x"));
    EXPECT_EQ(written.error().code(), errc::connection_lost);
}

KUBERAY_CO_TEST(websocket, pings_are_answered_while_reading)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor);
    websocket client = make_websocket(std::move(pair.first), websocket_role::client, "", 1000);
    co_await write_all(&pair.second, std::string("\x89\x02hi\x82\x01m", 7));
    std::string const message = co_await read_text(&client);
    EXPECT_EQ(message, "m");
    std::string const wire = co_await read_some(&pair.second);
    websocket_decoder decoder(websocket_role::server, 1000);
    decoder.put(wire);
    auto const pong = decoder.next();
    EXPECT_TRUE(pong && pong->kind == websocket_opcode::pong && pong->payload == "hi");
}

KUBERAY_CO_TEST(websocket, a_ping_during_a_blocked_write_does_not_block_the_reader)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor, 100);
    websocket client = make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20);
    co_await write_all(&pair.second, std::string("\x89\x02hi\x82\x01m", 7));
    auto const written = std::make_shared<std::optional<result<void>>>();
    async_run(executor, client.write(std::string(5000, 'x')), [written](result<void> outcome) {
        written->emplace(outcome);
    });
    std::string const message = co_await read_text(&client);
    EXPECT_EQ(message, "m");
    EXPECT_FALSE(written->has_value());
}

KUBERAY_CO_TEST(websocket, a_cancellation_between_two_pieces_of_a_frame_counts)
{
    auto const executor = co_await asio::this_coro::executor;
    asio::cancellation_signal signal;
    condition ended(executor);
    auto pair = make_stream_pair(executor, 100);
    websocket client = make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20);
    auto const written = std::make_shared<std::optional<result<void>>>();
    auto const note = [written, ended](result<void> outcome) mutable {
        written->emplace(std::move(outcome));
        ended.notify_all();
    };
    async_run(executor, client.write(std::string(5000, 'x')), asio::bind_cancellation_slot(signal.slot(), note));
    signal.emit(asio::cancellation_type::terminal);  // what there was room for is written, and nobody knows yet
    if (!written->has_value()) co_await ended.wait_for(std::chrono::seconds(5));
    EXPECT_TRUE(written->has_value() && is_cancellation((*written)->error()));
}

KUBERAY_CO_TEST(websocket, a_message_beyond_the_limit_is_refused)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor);
    websocket client = make_websocket(std::move(pair.first), websocket_role::client, "", 10);
    co_await write_all(&pair.second, std::string("\x82\x0b", 2));
    auto const seen = co_await as_result(read_text(&client));
    EXPECT_EQ(seen.error().code(), errc::too_large);
}

std::string answer_to(websocket_offer const& offer, std::string const& subprotocol)
{
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: "
           + websocket_accept_key(offer.key) + "\r\nSec-WebSocket-Protocol: " + subprotocol + "\r\n\r\n";
}

task<websocket> open(asio::any_io_executor executor, websocket_offer offer, std::string answer)
{
    scripted_server server(executor);
    server.add(script().expect_write_to("\r\n\r\n").reply(std::move(answer)));
    pool_options connections;
    connections.dial = server.dialer();
    auto const client = make_http_client_over(executor, "server", std::move(connections), http_client_options());
    http_request request = offer.request;
    upgrade_result upgraded = co_await client->upgrade(std::move(request));
    co_return adopt_websocket(std::move(upgraded), offer);
}

KUBERAY_CO_TEST(websocket_handshake, offers_all_subprotocols_in_one_line_and_reads_what_follows_at_once)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<std::string> const subprotocols{"v5.channel.k8s.io", "v4.channel.k8s.io"};
    websocket_offer const offer = offer_websocket(http_request("GET", "/exec"), subprotocols);
    EXPECT_EQ(offer.request.fields.get("Sec-WebSocket-Protocol"), "v5.channel.k8s.io, v4.channel.k8s.io");
    EXPECT_EQ(offer.key.size(), 24u);
    websocket opened = co_await open(executor, offer, answer_to(offer, "v4.channel.k8s.io") + "\x82\x05hello");
    EXPECT_EQ(opened.subprotocol(), "v4.channel.k8s.io");
    std::string const first = co_await read_text(&opened);
    EXPECT_EQ(first, "hello");
}

KUBERAY_CO_TEST(websocket_handshake, refuses_a_wrong_key_and_what_was_not_offered)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<std::string> const subprotocols{"v4.channel.k8s.io"};
    websocket_offer const offer = offer_websocket(http_request("GET", "/exec"), subprotocols);
    websocket_offer const other = offer_websocket(http_request("GET", "/exec"), subprotocols);
    std::string with_extension = answer_to(offer, "v4.channel.k8s.io");
    with_extension.insert(with_extension.size() - 2, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    std::vector<std::string> const answers{
        answer_to(other, "v4.channel.k8s.io"),
        answer_to(offer, "v5.channel.k8s.io"),
        with_extension,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\n",
    };
    for (auto const& answer : answers) {
        auto const outcome = co_await as_result(open(executor, offer, answer));
        EXPECT_EQ(outcome.error().code(), errc::protocol_violation) << answer;
    }
}

KUBERAY_CO_TEST(websocket_handshake, a_refusal_carries_the_servers_status)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const status =
        R"({"kind":"Status","status":"Failure","message":"pods \"p\" is forbidden","reason":"Forbidden","code":403})";
    scripted_server server(executor);
    server.add(
        script()
            .expect_write_to("\r\n\r\n")
            .reply("HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(status.size()) + "\r\n\r\n" + status)
    );
    server.add(script().expect_write_to("\r\n\r\n").reply("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>")
    );
    pool_options connections;
    connections.dial = server.dialer();
    auto const client = make_http_client_over(executor, "server", std::move(connections), http_client_options());
    std::vector<std::string> const subprotocols{"v4.channel.k8s.io"};
    auto const refused = co_await as_result(connect_websocket(client, http_request("GET", "/exec?x=y"), subprotocols));
    EXPECT_EQ(refused.error().code(), errc::upgrade_refused);
    EXPECT_EQ(refused.error().message(), "opening a WebSocket at /exec: pods \"p\" is forbidden");
    auto const* said = refused.error().status();
    EXPECT_TRUE(said && said->http_status == 403 && said->reason == "Forbidden");
    auto const page = co_await as_result(connect_websocket(client, http_request("GET", "/exec"), subprotocols));
    EXPECT_EQ(page.error().code(), errc::upgrade_refused);
    EXPECT_TRUE(page.error().status() && page.error().status()->http_status == 502);
}

}  // namespace
}  // namespace kuberay::net
