#include "net/websocket_stream.hpp"
#include "net/websocket_tunnel.hpp"
#include "support/co_test.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <set>
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

/// Frames as they came from a client, up to the first one of `kind`.
task<std::vector<websocket_event>> read_frames(byte_stream* from, websocket_opcode kind)
{
    websocket_decoder decoder(websocket_role::server, 1u << 20);
    std::vector<websocket_event> frames;
    for (;;) {
        while (std::optional<websocket_event> frame = decoder.next()) {
            frames.push_back(std::move(*frame));
            if (frames.back().kind == kind) co_return frames;
        }
        std::string const piece = co_await read_some(from, 1000);
        if (piece.empty()) co_return frames;
        decoder.put(piece);
    }
}

KUBERAY_CO_TEST(websocket_tunnel, a_ping_during_a_blocked_write_is_answered_after_it)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor, 100);
    byte_stream tunnel =
        make_websocket_tunnel(make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20));
    std::string const sent(5000, 't');
    auto const written = std::make_shared<bool>(false);
    async_run(executor, write_text(&tunnel, sent), [written](result<std::string> outcome) {
        *written = outcome.has_value();
    });
    co_await write_all(&pair.second, std::string("\x89\x02hi\x82\x01m", 7));
    std::string const message = co_await read_some(&tunnel, 10);
    EXPECT_EQ(message, "m");
    EXPECT_FALSE(*written);
    auto const frames = co_await read_frames(&pair.second, websocket_opcode::pong);
    EXPECT_EQ(frames.size(), 2U);
    EXPECT_TRUE(frames.front().payload == sent);
    EXPECT_EQ(frames.back().payload, "hi");
    EXPECT_TRUE(*written);
}

KUBERAY_CO_TEST(websocket_tunnel, a_write_goes_on_behind_a_pong_that_is_still_being_sent)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor, 4);
    byte_stream tunnel =
        make_websocket_tunnel(make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20));
    task<void> asking = write_all(&pair.second, std::string("\x89\x02hi\x82\x01m", 7));
    co_await std::move(asking);
    task<std::string> reading = read_some(&tunnel, 10);
    auto const written = std::make_shared<bool>(false);
    auto const message = std::make_shared<std::string>();
    async_run(executor, std::move(reading), [message](result<std::string> outcome) { *message = outcome.value(); });
    async_run(executor, write_text(&tunnel, "behind"), [written](result<std::string> outcome) {
        *written = outcome.has_value();
    });
    auto const frames = co_await read_frames(&pair.second, websocket_opcode::binary);
    EXPECT_EQ(frames.back().payload, "behind");
    EXPECT_EQ(frames.size(), 2U);
}

KUBERAY_CO_TEST(websocket_tunnel, a_pong_that_cannot_be_sent_does_not_hold_what_came_before_its_ping)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor, 100);
    byte_stream tunnel =
        make_websocket_tunnel(make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20));
    co_await write_all(&tunnel, std::string(94, 'f'));  // with its head all that there is room for
    co_await write_all(&pair.second, std::string("\x82\x01m\x89\x02hi", 7));
    std::string const message = co_await read_some(&tunnel, 10);
    EXPECT_EQ(message, "m");
}

KUBERAY_CO_TEST(websocket_tunnel, closing_gives_up_a_blocked_write)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor, 100);
    byte_stream tunnel =
        make_websocket_tunnel(make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20));
    condition changed(executor);
    auto const ended = std::make_shared<std::optional<error_code>>();
    std::string const sent(5000, 't');
    tunnel.async_write_some(asio::buffer(sent), [ended, changed](error_code code, std::size_t) mutable {
        *ended = code;
        changed.notify_all();
    });
    tunnel.close();
    if (!ended->has_value()) co_await changed.wait_for(std::chrono::seconds(5));
    EXPECT_TRUE(ended->has_value() && **ended == asio::error::operation_aborted);
}

KUBERAY_CO_TEST(websocket_tunnel, every_frame_of_a_client_has_a_mask_of_its_own)
{
    auto const executor = co_await asio::this_coro::executor;
    auto pair = make_stream_pair(executor);
    byte_stream tunnel =
        make_websocket_tunnel(make_websocket(std::move(pair.first), websocket_role::client, "", 1u << 20));
    std::set<std::string> masks;
    constexpr std::size_t frames = 300;
    for (std::size_t i = 0; i < frames; ++i) {
        co_await write_all(&tunnel, "x");
        std::string const frame = co_await read_some(&pair.second, 100);
        masks.insert(frame.substr(2, 4));
    }
    EXPECT_EQ(masks.size(), frames);
}

}  // namespace
}  // namespace kuberay::net
