#include "net/websocket_stream.hpp"
#include "net/websocket_tunnel.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <vector>

namespace kuberay::net {
namespace {

struct ends {
    explicit ends(asio::any_io_executor executor)
    {
        auto pair = make_stream_pair(executor);
        websocket ours = make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20);
        tunnel = make_websocket_tunnel(std::move(ours));
        peer = make_websocket(std::move(pair.second), websocket_role::server, "", 1u << 20);
    }

    byte_stream tunnel;
    websocket peer;
};

task<std::string> write_text(byte_stream* to, std::string text)
{
    co_await write_all(to, std::move(text));
    co_return "written";
}

task<std::string> read_size(websocket* from, std::size_t size)
{
    std::string all;
    while (all.size() < size) {
        std::optional<websocket_message> message = co_await from->read();
        if (!message) break;
        all += message->payload;
    }
    co_return all;
}

task<std::string> read_to_end(byte_stream* from)
{
    std::string all;
    for (;;) {
        std::string const piece = co_await read_some(from, 1000);
        if (piece.empty()) co_return all;
        all += piece;
    }
}

task<std::string> send_and_close(websocket* on)
{
    for (int i = 0; i < 40; ++i)
        co_await on->write(std::string(10000, 'p'));
    co_await on->close();
    co_return "closed";
}

KUBERAY_CO_TEST(websocket_tunnel, carries_bytes_whatever_the_messages_are)
{
    ends on(co_await asio::this_coro::executor);
    std::vector<task<std::string>> ops;
    ops.push_back(write_text(&on.tunnel, std::string(500000, 't')));
    ops.push_back(read_size(&on.peer, 500000));
    auto const there = co_await run_all(std::move(ops));
    EXPECT_TRUE(there[1].value() == std::string(500000, 't'));
    std::vector<task<std::string>> back;
    back.push_back(send_and_close(&on.peer));
    back.push_back(read_to_end(&on.tunnel));
    auto const ended = co_await run_all(std::move(back));
    EXPECT_TRUE(ended[1].value() == std::string(400000, 'p')) << "and ends with the close frame";
}

KUBERAY_CO_TEST(websocket_tunnel, a_lost_connection_is_no_end)
{
    ends on(co_await asio::this_coro::executor);
    on.peer.abort();
    auto const read = co_await as_result(read_some(&on.tunnel));
    EXPECT_EQ(read.error().code(), asio::error::connection_reset);
}

KUBERAY_CO_TEST(websocket_tunnel, close_says_so_to_the_peer)
{
    ends on(co_await asio::this_coro::executor);
    on.tunnel.close();
    std::optional<websocket_message> const none = co_await on.peer.read();
    EXPECT_FALSE(none);
    EXPECT_EQ(on.peer.close_code(), 1000);
    auto const late = co_await as_result(write_all(&on.tunnel, "x"));
    EXPECT_TRUE(is_cancellation(late.error()));
}

}  // namespace
}  // namespace kuberay::net
