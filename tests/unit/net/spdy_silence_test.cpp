// A client that pings a peer that is played by hand. What passes is counted in its pings, not in time.
#include "net/spdy_codec.hpp"
#include "net/spdy_connection.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr int long_after_the_limit = 20;  // pings

spdy_options lively()
{
    spdy_options options;
    options.ping_interval = milliseconds(1);
    options.silence_limit = milliseconds(4);
    return options;
}

struct pinged_peer {
    explicit pinged_peer(asio::any_io_executor executor, spdy_options options = lively())
    {
        auto pair = make_stream_pair(executor);
        client = spdy_connection(std::move(pair.first), spdy_role::client, options);
        wire = std::move(pair.second);
    }

    spdy_connection client;
    byte_stream wire;
    spdy_decoder decoder;
    spdy_encoder encoder;
    std::size_t data = 0;
};

/// Reads until `count` pings have come; false when the client ended before. Answers them or not.
task<bool> take_pings(pinged_peer* on, int count, bool answering)
{
    for (int seen = 0; seen < count;) {
        std::string const piece = co_await read_some(&on->wire);
        if (piece.empty()) co_return false;
        std::string_view rest = piece;
        std::string answers;
        while (auto const frame = on->decoder.next(rest)) {
            on->data += frame->payload.size();
            if (frame->type != spdy_frame_type::ping) continue;
            ++seen;
            if (answering) answers += spdy_ping(frame->id);
        }
        if (!answers.empty()) co_await write_all(&on->wire, answers);
    }
    co_return true;
}

task<byte_stream> open_on(pinged_peer* on)
{
    co_await write_all(&on->wire, on->encoder.syn_reply(1, spdy_headers()));
    spdy_headers headers;
    headers.emplace_back("streamtype", "data");
    byte_stream stream = co_await on->client.open(std::move(headers));
    co_return std::move(stream);
}

KUBERAY_CO_TEST(spdy_silence, a_peer_that_answers_no_ping_is_lost_and_says_so)
{
    pinged_peer on(co_await asio::this_coro::executor);
    byte_stream stream = co_await open_on(&on);
    co_await write_all(&stream, "a small question");
    error const why = co_await on.client.ended();
    EXPECT_EQ(why.code(), errc::connection_lost);
    EXPECT_THAT(why.message(), HasSubstr("nothing came within 4ms, no answer to a ping either"));
    EXPECT_EQ(on.client.why_ended().message(), why.message());
    auto const read = co_await as_result(read_some(&stream));
    EXPECT_EQ(read.error().code(), asio::error::connection_aborted);
    bool const goes_on = co_await take_pings(&on, 1000, false);
    EXPECT_FALSE(goes_on) << "the transport is closed";
}

KUBERAY_CO_TEST(spdy_silence, a_peer_that_answers_lives_until_it_falls_silent)
{
    pinged_peer on(co_await asio::this_coro::executor, lively());
    bool const answered = co_await take_pings(&on, long_after_the_limit, true);
    EXPECT_TRUE(answered);
    EXPECT_TRUE(on.client.is_open());
    error const why = co_await on.client.ended();
    EXPECT_EQ(why.code(), errc::connection_lost);
}

KUBERAY_CO_TEST(spdy_silence, a_peer_that_is_held_up_by_our_bytes_is_not_lost)
{
    pinged_peer on(co_await asio::this_coro::executor);
    byte_stream stream = co_await open_on(&on);
    co_await write_all(&stream, std::string(80000, 'x'));
    bool const goes_on = co_await take_pings(&on, long_after_the_limit, false);
    EXPECT_TRUE(goes_on);
    EXPECT_TRUE(on.client.is_open());
    EXPECT_EQ(on.data, 80000u);
}

/// Lets so much time pass that others are lost, then closes the client.
task<void> outlive_others(spdy_connection client)
{
    for (int i = 0; i < 5; ++i) {
        pinged_peer other(co_await asio::this_coro::executor);
        error const why = co_await other.client.ended();
        EXPECT_EQ(why.code(), errc::connection_lost);
    }
    EXPECT_TRUE(client.is_open());
    client.close();
}

KUBERAY_CO_TEST(spdy_silence, a_peer_that_takes_nothing_at_all_is_not_lost)
{
    pinged_peer on(co_await asio::this_coro::executor);
    byte_stream stream = co_await open_on(&on);
    std::vector<task<void>> ops;
    ops.push_back(write_all(&stream, std::string(1000000, 'x')));
    ops.push_back(outlive_others(on.client));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[0].error().code(), asio::error::connection_aborted);
    EXPECT_TRUE(ended[1].has_value());
}

KUBERAY_CO_TEST(spdy_silence, does_not_count_while_this_side_does_not_read)
{
    spdy_options options = lively();
    options.stream_buffer = 1000;
    pinged_peer on(co_await asio::this_coro::executor, options);
    byte_stream stream = co_await open_on(&on);
    std::array<char, 8> const head = spdy_data_head(1, 2000);
    co_await write_all(&on.wire, std::string(head.data(), head.size()) + std::string(2000, 'x'));
    bool const goes_on = co_await take_pings(&on, long_after_the_limit, false);
    EXPECT_TRUE(goes_on);
    EXPECT_TRUE(on.client.is_stalled());
    std::string const got = co_await read_some(&stream, 2000);
    EXPECT_EQ(got.size(), 2000u);
    error const why = co_await on.client.ended();
    EXPECT_EQ(why.code(), errc::connection_lost) << "it reads again, and nothing comes";
}

KUBERAY_CO_TEST(spdy_silence, without_a_limit_nobody_is_lost)
{
    spdy_options options = lively();
    options.silence_limit = milliseconds(0);
    pinged_peer on(co_await asio::this_coro::executor, options);
    bool const goes_on = co_await take_pings(&on, long_after_the_limit, false);
    EXPECT_TRUE(goes_on);
    EXPECT_TRUE(on.client.is_open());
}

}  // namespace
}  // namespace kuberay::net
