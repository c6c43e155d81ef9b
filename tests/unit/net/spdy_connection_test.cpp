#include "net/spdy_codec.hpp"
#include "net/spdy_connection.hpp"
#include "support/co_test.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

spdy_options quiet()
{
    spdy_options options;
    options.ping_interval = std::chrono::seconds(0);
    return options;
}

struct ends {
    explicit ends(asio::any_io_executor executor, spdy_options options = quiet())
    {
        auto pair = make_stream_pair(executor);
        client = spdy_connection(std::move(pair.first), spdy_role::client, options);
        server = spdy_connection(std::move(pair.second), spdy_role::server, options);
    }

    spdy_connection client, server;
};

spdy_headers named(std::string name)
{
    spdy_headers headers;
    headers.emplace_back("streamtype", std::move(name));
    return headers;
}

task<std::string> read_all(byte_stream* from)
{
    std::string all;
    for (;;) {
        std::string const piece = co_await read_some(from);
        if (piece.empty()) co_return all;
        all += piece;
    }
}

struct both {
    both() = default;
    byte_stream client, server;
    spdy_headers headers;
};

task<both> open_both(ends* on, std::string name)
{
    both streams;
    spdy_headers headers = named(std::move(name));
    streams.client = co_await on->client.open(std::move(headers));
    std::optional<spdy_incoming> taken = co_await on->server.accept();
    if (!taken) throw failure(errc::unexpected, "no stream came in");
    streams.server = std::move(taken->stream);
    streams.headers = std::move(taken->headers);
    co_return std::move(streams);
}

KUBERAY_CO_TEST(spdy_connection, carries_bytes_both_ways_and_half_closes)
{
    ends on(co_await asio::this_coro::executor);
    both streams = co_await open_both(&on, "data");
    EXPECT_EQ(streams.headers, named("data"));
    co_await write_all(&streams.client, "question");
    co_await streams.client.finish_writing();
    std::string const question = co_await read_all(&streams.server);
    EXPECT_EQ(question, "question");
    auto const late = co_await as_result(write_all(&streams.client, "x"));
    EXPECT_EQ(late.error().code(), asio::error::broken_pipe);
    EXPECT_EQ(on.client.open_streams(), 1u);
    co_await write_all(&streams.server, "answer");
    co_await streams.server.finish_writing();
    std::string const answer = co_await read_all(&streams.client);
    EXPECT_EQ(answer, "answer");
    EXPECT_EQ(on.client.open_streams(), 0u);
    EXPECT_EQ(on.server.open_streams(), 0u);
}

KUBERAY_CO_TEST(spdy_connection, closing_a_stream_resets_it_behind_its_bytes)
{
    ends on(co_await asio::this_coro::executor);
    both streams = co_await open_both(&on, "data");
    co_await write_all(&streams.server, "last words");
    streams.server.close();
    std::string const words = co_await read_some(&streams.client);
    EXPECT_EQ(words, "last words");
    auto const end = co_await as_result(read_some(&streams.client));
    EXPECT_EQ(end.error().code(), asio::error::connection_reset);
    EXPECT_EQ(on.client.open_streams() + on.server.open_streams(), 0u);
    EXPECT_TRUE(on.client.is_open());
}

KUBERAY_CO_TEST(spdy_connection, refuses_streams_beyond_the_limit)
{
    spdy_options options = quiet();
    options.max_streams = 1;
    ends on(co_await asio::this_coro::executor, options);
    both const first = co_await open_both(&on, "data");
    auto const second = co_await as_result(on.client.open(named("data")));
    EXPECT_EQ(second.error().code(), errc::upgrade_refused);
    EXPECT_EQ(on.client.open_streams(), 1u);
}

task<void> echo(byte_stream stream)
{
    std::string const all = co_await read_all(&stream);
    co_await write_all(&stream, all);
    co_await stream.finish_writing();
}

task<std::string> serve(spdy_connection on, std::size_t count)
{
    std::vector<task<void>> echoes;
    for (std::size_t i = 0; i < count; ++i) {
        std::optional<spdy_incoming> taken = co_await on.accept();
        if (taken) echoes.push_back(echo(std::move(taken->stream)));
    }
    auto const done = co_await run_all(std::move(echoes), count);
    co_return "served";
}

task<std::string> ask(spdy_connection on, std::string text)
{
    byte_stream stream = co_await on.open(named("data"));
    co_await write_all(&stream, std::move(text));
    co_await stream.finish_writing();
    std::string answer = co_await read_all(&stream);
    co_return answer;
}

KUBERAY_CO_TEST(spdy_connection, two_hundred_streams_at_the_same_time_do_not_mix)
{
    ends on(co_await asio::this_coro::executor);
    std::vector<task<std::string>> ops;
    ops.push_back(serve(on.server, 200));
    for (std::size_t i = 0; i < 200; ++i)
        ops.push_back(ask(on.client, std::string(1000 * (i % 90) + 1, static_cast<char>('a' + i % 26))));
    auto const ended = co_await run_all(std::move(ops), 201);
    for (std::size_t i = 0; i < 200; ++i)
        EXPECT_TRUE(ended[i + 1].value() == std::string(1000 * (i % 90) + 1, static_cast<char>('a' + i % 26))) << i;
    EXPECT_EQ(on.client.open_streams() + on.server.open_streams(), 0u);
}

KUBERAY_CO_TEST(spdy_connection, a_thousand_streams_in_turn_leave_nothing)
{
    ends on(co_await asio::this_coro::executor);
    for (int i = 0; i < 1000; ++i) {
        both const streams = co_await open_both(&on, "data");
    }
    std::vector<task<std::string>> ops;  // comes behind the last reset
    ops.push_back(serve(on.server, 1));
    ops.push_back(ask(on.client, "over"));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[1].value(), "over");
    EXPECT_EQ(on.client.open_streams() + on.server.open_streams(), 0u);
}

task<std::string> fill(byte_stream* to, std::size_t size)
{
    co_await write_all(to, std::string(size, 'x'));
    co_await to->finish_writing();
    co_return "filled";
}

task<std::string> drain_when_stalled(spdy_connection on, byte_stream* from)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    while (!on.is_stalled())
        co_await asio::post(executor, asio::use_awaitable);  // a turn for everybody else
    std::string all = co_await read_all(from);
    co_return all;
}

KUBERAY_CO_TEST(spdy_connection, a_slow_reader_stops_the_reading_until_it_reads)
{
    ends on(co_await asio::this_coro::executor);
    both streams = co_await open_both(&on, "data");
    std::vector<task<std::string>> ops;
    ops.push_back(fill(&streams.server, 3000000));
    ops.push_back(drain_when_stalled(on.client, &streams.client));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[0].value(), "filled");
    EXPECT_EQ(ended[1].value().size(), 3000000u);
    EXPECT_FALSE(on.client.is_stalled());
}

KUBERAY_CO_TEST(spdy_connection, close_ends_both_sides_without_an_error)
{
    ends on(co_await asio::this_coro::executor);
    both streams = co_await open_both(&on, "data");
    on.server.close();
    error const client = co_await on.client.ended();
    error const server = co_await on.server.ended();
    EXPECT_FALSE(client) << client.message();
    EXPECT_FALSE(server) << server.message();
    auto const read = co_await as_result(read_some(&streams.client));
    EXPECT_EQ(read.error().code(), asio::error::connection_reset);
    auto const opened = co_await as_result(on.client.open(named("data")));
    EXPECT_EQ(opened.error().code(), errc::connection_lost);
    std::optional<spdy_incoming> const none = co_await on.server.accept();
    EXPECT_FALSE(none);
}

/// A client against a peer that is played by hand.
struct raw_peer {
    explicit raw_peer(asio::any_io_executor executor, spdy_options options = quiet())
    {
        auto pair = make_stream_pair(executor);
        client = spdy_connection(std::move(pair.first), spdy_role::client, options);
        wire = std::move(pair.second);
    }

    spdy_connection client;
    byte_stream wire;
};

KUBERAY_CO_TEST(spdy_connection, a_cut_fails_what_waits)
{
    raw_peer on(co_await asio::this_coro::executor);
    spdy_encoder peer;
    co_await write_all(&on.wire, peer.syn_reply(1, spdy_headers()));
    byte_stream stream = co_await on.client.open(named("data"));
    on.wire.close();
    auto const read = co_await as_result(read_some(&stream));
    EXPECT_EQ(read.error().code(), asio::error::connection_aborted);
    error const why = co_await on.client.ended();
    EXPECT_EQ(why.code(), errc::connection_lost);
}

KUBERAY_CO_TEST(spdy_connection, a_stream_that_is_reset_behind_its_reply_was_answered)
{
    raw_peer on(co_await asio::this_coro::executor);
    spdy_encoder peer;
    spdy_opening begun = on.client.begin(named("data"));
    co_await write_all(&on.wire, peer.syn_reply(1, spdy_headers()) + spdy_rst_stream(1, spdy_status::cancel));
    auto const read = co_await as_result(read_some(&begun.stream));
    EXPECT_EQ(read.error().code(), asio::error::connection_reset);
    auto const answered = co_await as_result(std::move(begun.answered));
    EXPECT_TRUE(answered.has_value());
}

KUBERAY_CO_TEST(spdy_connection, a_cancelled_open_resets_its_stream)
{
    raw_peer on(co_await asio::this_coro::executor);
    auto const opened = co_await as_result(with_timeout(std::chrono::milliseconds(5), on.client.open(named("data"))));
    EXPECT_EQ(opened.error().code(), errc::timed_out);
    EXPECT_EQ(on.client.open_streams(), 0u);
    std::string wire;
    while (wire.size() < 16 || wire.substr(wire.size() - 16) != spdy_rst_stream(1, spdy_status::cancel)) {
        std::string const piece = co_await read_some(&on.wire);
        if (piece.empty()) throw failure(errc::unexpected, "no RST_STREAM came");
        wire += piece;
    }
}

KUBERAY_CO_TEST(spdy_connection, answers_pings_of_the_peer)
{
    raw_peer on(co_await asio::this_coro::executor);
    co_await write_all(&on.wire, spdy_ping(2));
    std::string const answer = co_await read_some(&on.wire);
    EXPECT_EQ(answer, spdy_ping(2));
}

KUBERAY_CO_TEST(spdy_connection, a_breach_of_the_protocol_ends_it)
{
    raw_peer on(co_await asio::this_coro::executor);
    co_await write_all(&on.wire, std::string("\x80\x02\0\x06\0\0\0\x04\0\0\0\2", 12));
    error const why = co_await on.client.ended();
    EXPECT_EQ(why.code(), errc::protocol_violation);
    std::string const words = co_await read_some(&on.wire);
    EXPECT_EQ(words, spdy_goaway(0, 1));
}

KUBERAY_CO_TEST(spdy_connection, goaway_lets_open_streams_end)
{
    raw_peer on(co_await asio::this_coro::executor);
    spdy_encoder peer;
    co_await write_all(&on.wire, peer.syn_reply(1, spdy_headers()));
    byte_stream stream = co_await on.client.open(named("data"), true);
    co_await write_all(&on.wire, spdy_goaway(1, 0));
    std::array<char, 8> const head = spdy_data_head(1, 3, true);
    co_await write_all(&on.wire, std::string(head.data(), head.size()) + "end");
    std::string const all = co_await read_all(&stream);
    EXPECT_EQ(all, "end");
    error const why = co_await on.client.ended();
    EXPECT_FALSE(why) << why.message();
}

task<void> say_goaway_behind_the_first_stream(raw_peer* on, byte_stream* first)
{
    co_await write_all(&on->wire, spdy_goaway(0, 0));
    std::array<char, 8> const head = spdy_data_head(1, 3, true);
    co_await write_all(&on->wire, std::string(head.data(), head.size()) + "end");
    std::string const all = co_await read_all(first);
    EXPECT_EQ(all, "end") << "it was answered: the peer has seen it";
}

task<void> open_in_vain(spdy_connection on) { byte_stream const none = co_await on.open(named("data")); }

KUBERAY_CO_TEST(spdy_connection, goaway_ends_only_streams_that_were_not_answered)
{
    raw_peer on(co_await asio::this_coro::executor);
    spdy_encoder peer;
    co_await write_all(&on.wire, peer.syn_reply(1, spdy_headers()));
    byte_stream first = co_await on.client.open(named("data"), true);
    std::vector<task<void>> ops;
    ops.push_back(open_in_vain(on.client));
    ops.push_back(say_goaway_behind_the_first_stream(&on, &first));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[0].error().code(), errc::connection_lost);
    EXPECT_TRUE(ended[1].has_value());
}

}  // namespace
}  // namespace kuberay::net
