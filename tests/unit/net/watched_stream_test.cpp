#include "net/watched_stream.hpp"
#include "support/co_test.hpp"
#include "support/loopback_listener.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds beat(15000);

tcp_signs signs(unsigned unacknowledged, unsigned probes, milliseconds since)
{
    tcp_signs seen;
    seen.unacknowledged = unacknowledged;
    seen.probes = probes;
    seen.since_acknowledgement = since;
    return seen;
}

TEST(tcp_silence, only_a_peer_that_acknowledges_nothing_has_vanished)
{
    struct row {
        char const* name;
        std::vector<tcp_signs> beats;  ///< repeated
        bool vanished;
    };
    std::vector<row> const rows = {
        {"nothing is sent", {signs(0, 0, beat * 100)}, false},
        {"what is sent is acknowledged", {signs(3, 0, milliseconds(20))}, false},
        {"nothing is acknowledged", {signs(3, 0, beat)}, true},
        {"a full peer answers the probes", {signs(0, 0, milliseconds(90000)), signs(0, 1, milliseconds(20))}, false},
        {"a full peer is asked again just now", {signs(0, 0, beat * 6), signs(0, 1, beat * 6)}, false},
        {"a full peer answers no probe", {signs(0, 2, beat * 6)}, true},
        {"an acknowledgement now and then",
         {signs(2, 0, beat), signs(2, 0, beat), signs(2, 0, beat - milliseconds(1))},
         false},
    };
    for (row const& r : rows) {
        tcp_silence silence;
        bool vanished = false;
        for (int i = 0; i < 100; ++i)
            vanished = silence.beat(r.beats[static_cast<std::size_t>(i) % r.beats.size()], beat) || vanished;
        EXPECT_EQ(vanished, r.vanished) << r.name;
    }
}

TEST(tcp_silence, takes_a_minute_of_whole_beats_and_begins_anew_with_each_sign)
{
    tcp_silence silence;
    EXPECT_FALSE(silence.beat(signs(1, 0, beat * 100), beat)) << "the last sign is old, but nothing was asked";
    EXPECT_TRUE(silence.is_waiting());
    for (unsigned i = 1; i < tcp_silence::patience; ++i)
        EXPECT_FALSE(silence.beat(signs(1, 0, beat * 100), beat)) << i;
    EXPECT_FALSE(silence.beat(signs(1, 0, milliseconds(1)), beat)) << "a sign";
    for (unsigned i = 1; i < tcp_silence::patience; ++i)
        EXPECT_FALSE(silence.beat(signs(1, 0, beat), beat)) << i;
    EXPECT_TRUE(silence.beat(signs(1, 0, beat), beat));
    EXPECT_FALSE(silence.beat(signs(0, 0, beat), beat));
    EXPECT_FALSE(silence.is_waiting());
}

TEST(tcp_silence, one_long_beat_is_one_beat)
{
    tcp_silence silence;
    EXPECT_FALSE(silence.beat(signs(1, 0, beat), beat));
    EXPECT_FALSE(silence.beat(signs(1, 0, beat * 1000), beat * 1000)) << "the machine slept";
}

/// A server that reads nothing, until the test lets it go.
struct deaf_server {
    explicit deaf_server(asio::any_io_executor executor)
        : leave(std::make_shared<condition>(executor))
        , listener(executor, [until = leave](byte_stream stream) { return hold(until, std::move(stream)); })
    {
    }

    deaf_server(deaf_server const&) = delete;
    deaf_server& operator=(deaf_server const&) = delete;
    ~deaf_server() { leave->notify_all(); }

    static task<void> hold(std::shared_ptr<condition> until, byte_stream stream)
    {
        co_await until->wait();
        stream.close();
    }

    std::shared_ptr<condition> leave;
    test::loopback_listener listener;
};

task<byte_stream> dial(std::uint16_t port, stream_watch watch)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    asio::ip::tcp::endpoint const there(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(there, asio::use_awaitable);
    co_return make_watched_stream(std::move(socket), std::move(watch));
}

KUBERAY_CO_TEST(watched_stream, a_peer_that_vanished_ends_what_waits_for_it)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    deaf_server const server(executor);
    stream_watch watch;
    watch.beat = milliseconds(1);
    watch.read = [](int) { return std::optional<tcp_signs>(signs(1, 0, milliseconds(3600'000))); };
    byte_stream stream = co_await dial(server.listener.port(), watch);
    co_await write_all(&stream, "anybody there?");
    result<std::string> const read = co_await as_result(read_some(&stream));
    EXPECT_EQ(read.error().code(), asio::error::timed_out) << read.error().message();
    result<void> const written = co_await as_result(write_all(&stream, "and later?"));
    EXPECT_EQ(written.error().code(), asio::error::timed_out) << written.error().message();
}

KUBERAY_CO_TEST(watched_stream, a_write_that_waits_for_a_peer_that_vanished_ends_too)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    deaf_server const server(executor);
    auto const asked = std::make_shared<int>(0);
    stream_watch watch;
    watch.beat = milliseconds(1);
    // At first the peer is only deaf: its kernel answers the probes. Then it is gone.
    watch.read = [asked](int) {
        bool const gone = ++*asked > 50;
        tcp_signs seen = signs(0, gone ? 2 : 0, milliseconds(3600'000));
        seen.queued = 1;
        return std::optional<tcp_signs>(seen);
    };
    byte_stream stream = co_await dial(server.listener.port(), watch);
    std::string bytes(64 << 20, 'x');
    result<void> const written = co_await as_result(write_all(&stream, std::move(bytes)));
    EXPECT_EQ(written.error().code(), asio::error::timed_out) << written.error().message();
    EXPECT_EQ(*asked, 51 + static_cast<int>(tcp_silence::patience));
}

KUBERAY_CO_TEST(watched_stream, the_kernel_tells_what_a_deaf_peer_leaves_in_the_queue)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    deaf_server const server(executor);
    auto const seen = std::make_shared<std::vector<tcp_signs>>();
    stream_watch watch;
    watch.beat = milliseconds(1);
    watch.read = [seen](int socket) {
        std::optional<tcp_signs> const told = read_tcp_signs(socket);
        if (told) seen->push_back(*told);
        return std::optional<tcp_signs>(signs(0, seen->size() > 20 ? 2 : 1, milliseconds(3600'000)));
    };
    byte_stream stream = co_await dial(server.listener.port(), watch);
    std::string bytes(64 << 20, 'x');
    result<void> const written = co_await as_result(write_all(&stream, std::move(bytes)));
    EXPECT_TRUE(written.has_error());
    EXPECT_GT(seen->back().queued, 0U);
    EXPECT_LT(seen->back().since_acknowledgement, milliseconds(30000));
}

KUBERAY_CO_TEST(watched_stream, its_own_end_stays_a_cancellation)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    deaf_server const server(executor);
    byte_stream stream = co_await dial(server.listener.port(), stream_watch());
    co_await write_all(&stream, "hello");
    stream.close();
    result<std::string> const read = co_await as_result(read_some(&stream));
    EXPECT_EQ(read.error().code(), asio::error::operation_aborted);
}

}  // namespace
}  // namespace kuberay::net
