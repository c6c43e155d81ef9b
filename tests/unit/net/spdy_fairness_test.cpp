// Whose turn it is when several streams wait for the connection to take their bytes. The peer is read frame by frame.
#include "net/spdy_codec.hpp"
#include "net/spdy_connection.hpp"
#include "net/spdy_stream.hpp"
#include "support/co_test.hpp"

#include <kuberay/base/task.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::net {
namespace {

/// The peer's end of the bytes: notes from which streams the DATA comes.
struct reading_peer {
    explicit reading_peer(asio::any_io_executor executor)
        : changed(executor)
    {
        auto pair = make_stream_pair(executor);
        over = std::move(pair.second);
        spdy_options options;
        options.ping_interval = std::chrono::seconds(0);
        client = spdy_connection(std::move(pair.first), spdy_role::client, options);
    }

    byte_stream over;
    spdy_connection client;
    spdy_decoder decoder;
    std::vector<std::uint32_t> order;  ///< of frames with the most that goes into one, and of smaller ones
    std::map<std::uint32_t, std::size_t> bytes;
    condition changed;
};

using shared_peer = std::shared_ptr<reading_peer>;

/// Reads until so many bytes of data have come.
task<void> read_data(shared_peer on, std::size_t wanted)
{
    std::size_t left_of_frame = 0, seen = 0;
    while (seen < wanted) {
        std::string const some = co_await read_some(&on->over, 16384);
        if (some.empty()) throw failure(errc::connection_lost, "the client left");
        std::string_view rest = some;
        for (std::optional<spdy_frame> frame = on->decoder.next(rest); frame; frame = on->decoder.next(rest)) {
            if (frame->type != spdy_frame_type::data || frame->payload.empty()) continue;
            seen += frame->payload.size();
            // The decoder gives a long frame in pieces.
            std::size_t& of_stream = on->bytes[frame->id];
            if (left_of_frame == 0 || on->order.back() != frame->id || of_stream % spdy_stream::max_frame == 0)
                on->order.push_back(frame->id);
            of_stream += frame->payload.size();
            left_of_frame = of_stream % spdy_stream::max_frame;
        }
        on->changed.notify_all();
    }
}

task<void> write_frames(byte_stream* to, std::size_t count)
{
    std::string bytes(count * spdy_stream::max_frame, 'x');
    co_await write_all(to, std::move(bytes));
}

spdy_headers data_headers() { return {{"streamtype", "data"}}; }

KUBERAY_CO_TEST(spdy_fairness, streams_that_write_much_take_turns_frame_by_frame)
{
    auto const peer = std::make_shared<reading_peer>(co_await asio::this_coro::executor);
    constexpr std::size_t streams = 5, frames = 40;
    spdy_headers const headers = data_headers();
    std::vector<byte_stream> open;
    for (std::size_t i = 0; i < streams; ++i)
        open.push_back(peer->client.begin(headers).stream);
    std::vector<task<void>> all;
    for (auto& stream : open)
        all.push_back(write_frames(&stream, frames));
    all.push_back(read_data(peer, streams * frames * spdy_stream::max_frame));
    std::vector<result<void>> const ended = co_await run_all(std::move(all));
    for (auto const& end : ended)
        EXPECT_TRUE(end.has_value()) << end.error().message();
    EXPECT_EQ(peer->order.size(), streams * frames);
    std::map<std::uint32_t, std::size_t> had;
    for (std::size_t i = 0; i < peer->order.size(); ++i) {
        ++had[peer->order[i]];
        // The first ones may get a frame more, while there is room and nobody waits.
        std::size_t least = had.size() < streams ? 0 : frames, most = 0;
        for (auto const& [id, count] : had) {
            least = std::min(least, count);
            most = std::max(most, count);
        }
        EXPECT_LE(most - least, 3U) << "behind frame " << i;
    }
}

task<void> write_late(shared_peer peer, byte_stream* to, std::size_t behind, std::size_t* begun)
{
    while (peer->order.size() < behind)
        co_await peer->changed.wait();
    *begun = peer->order.size();
    co_await write_all(to, "!");
}

KUBERAY_CO_TEST(spdy_fairness, a_few_bytes_wait_for_one_round_of_the_others_and_not_for_their_end)
{
    auto const peer = std::make_shared<reading_peer>(co_await asio::this_coro::executor);
    constexpr std::size_t streams = 4, frames = 60;
    spdy_headers const headers = data_headers();
    std::vector<byte_stream> open;
    for (std::size_t i = 0; i <= streams; ++i)
        open.push_back(peer->client.begin(headers).stream);
    std::vector<task<void>> all;
    for (std::size_t i = 0; i < streams; ++i)
        all.push_back(write_frames(&open[i], frames));
    std::size_t begun = 0;
    all.push_back(write_late(peer, &open[streams], 20, &begun));
    all.push_back(read_data(peer, streams * frames * spdy_stream::max_frame + 1));
    std::vector<result<void>> const ended = co_await run_all(std::move(all));
    for (auto const& end : ended)
        EXPECT_TRUE(end.has_value()) << end.error().message();
    std::uint32_t const late = 2 * streams + 1;
    auto const found = std::find(peer->order.begin(), peer->order.end(), late);
    auto const at = static_cast<std::size_t>(found - peer->order.begin());
    EXPECT_LT(at, peer->order.size());
    // A round of the others, and what was in the buffers before it.
    EXPECT_LE(at - begun, streams + 8) << "begun behind frame " << begun;
}

// The peers we know send no WINDOW_UPDATE and heed none: there are no windows that could hold a writer up or wake it.
KUBERAY_CO_TEST(spdy_fairness, window_updates_change_no_turns)
{
    auto const peer = std::make_shared<reading_peer>(co_await asio::this_coro::executor);
    constexpr std::size_t streams = 3, frames = 10;
    spdy_headers const headers = data_headers();
    std::vector<byte_stream> open;
    for (std::size_t i = 0; i < streams; ++i)
        open.push_back(peer->client.begin(headers).stream);
    for (char const id : {'\x05', '\x03', '\x01', '\x05'})
        co_await write_all(
            &peer->over,
            std::string("\x80\x03\x00\x09\x00\x00\x00\x08\x00\x00\x00", 11) + id + std::string("\x00\x10\x00\x00", 4)
        );
    std::vector<task<void>> all;
    for (auto& stream : open)
        all.push_back(write_frames(&stream, frames));
    all.push_back(read_data(peer, streams * frames * spdy_stream::max_frame));
    std::vector<result<void>> const ended = co_await run_all(std::move(all));
    for (auto const& end : ended)
        EXPECT_TRUE(end.has_value()) << end.error().message();
    std::vector<std::uint32_t> const tail(peer->order.end() - 2 * streams - 3, peer->order.end() - 3);
    std::vector<std::uint32_t> const round(tail.begin(), tail.begin() + streams);
    std::vector<std::uint32_t> const next(tail.begin() + streams, tail.end());
    EXPECT_EQ(round, next);
    EXPECT_TRUE(peer->client.is_open());
}

}  // namespace
}  // namespace kuberay::net
