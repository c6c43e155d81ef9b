#include "support/co_test.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

task<std::string> read_to_end(byte_stream* from)
{
    std::string all;
    for (;;) {
        std::string const piece = co_await read_some(from, 1000);
        if (piece.empty()) co_return all;
        all += piece;
    }
}

task<std::string> write_and_finish(byte_stream* to, std::string bytes)
{
    co_await write_all(to, std::move(bytes));
    co_await to->finish_writing();
    co_return "written";
}

std::string numbered(std::size_t size)
{
    std::string text(size, '\0');
    std::generate(text.begin(), text.end(), [n = 0]() mutable { return static_cast<char>('a' + n++ % 23); });
    return text;
}

KUBERAY_CO_TEST(memory_stream, carries_bytes_both_ways_through_a_small_buffer)
{
    auto pair = make_stream_pair(co_await asio::this_coro::executor, 7);
    std::string const there = numbered(5000);
    std::string const back = numbered(3000);
    std::vector<task<std::string>> ops;
    ops.push_back(write_and_finish(&pair.first, there));
    ops.push_back(write_and_finish(&pair.second, back));
    ops.push_back(read_to_end(&pair.first));
    ops.push_back(read_to_end(&pair.second));
    auto const ended = co_await run_all(std::move(ops));
    EXPECT_EQ(ended[0].value(), "written");
    EXPECT_EQ(ended[1].value(), "written");
    EXPECT_EQ(ended[2].value(), back);
    EXPECT_EQ(ended[3].value(), there);
}

KUBERAY_CO_TEST(memory_stream, write_waits_while_the_buffer_is_full)
{
    auto pair = make_stream_pair(co_await asio::this_coro::executor, 4);
    co_await write_all(&pair.first, "1234");
    auto const blocked = co_await as_result(with_timeout(std::chrono::milliseconds(20), write_all(&pair.first, "5")));
    EXPECT_EQ(blocked.error().code(), errc::timed_out);
    std::string const read = co_await read_some(&pair.second);
    EXPECT_EQ(read, "1234") << "the cancelled write left nothing behind";
    co_await write_all(&pair.first, "6");
    std::string const next = co_await read_some(&pair.second);
    EXPECT_EQ(next, "6");
}

KUBERAY_CO_TEST(memory_stream, read_ends_when_it_is_cancelled_and_loses_nothing)
{
    auto pair = make_stream_pair(co_await asio::this_coro::executor);
    auto const ended = co_await as_result(with_timeout(std::chrono::milliseconds(10), read_some(&pair.second)));
    EXPECT_EQ(ended.error().code(), errc::timed_out);
    co_await write_all(&pair.first, "late");
    std::string const read = co_await read_some(&pair.second);
    EXPECT_EQ(read, "late");
}

KUBERAY_CO_TEST(memory_stream, half_close_ends_one_direction_only)
{
    auto pair = make_stream_pair(co_await asio::this_coro::executor);
    co_await write_all(&pair.first, "question");
    co_await pair.first.finish_writing();
    std::string const question = co_await read_to_end(&pair.second);
    EXPECT_EQ(question, "question");
    co_await write_all(&pair.second, "answer");
    co_await pair.second.finish_writing();
    std::string const answer = co_await read_to_end(&pair.first);
    EXPECT_EQ(answer, "answer");
    auto const after = co_await as_result(write_all(&pair.first, "more"));
    EXPECT_EQ(after.error().code(), asio::error::broken_pipe);
}

KUBERAY_CO_TEST(memory_stream, close_delivers_what_was_written_and_breaks_the_peers_writes)
{
    auto pair = make_stream_pair(co_await asio::this_coro::executor);
    co_await write_all(&pair.first, "last words");
    pair.first.close();
    std::string const read = co_await read_to_end(&pair.second);
    EXPECT_EQ(read, "last words");
    auto const write = co_await as_result(write_all(&pair.second, "x"));
    EXPECT_EQ(write.error().code(), asio::error::broken_pipe);
    auto const own_read = co_await as_result(read_some(&pair.first));
    EXPECT_TRUE(is_cancellation(own_read.error()));
    auto const own_write = co_await as_result(write_all(&pair.first, "x"));
    EXPECT_TRUE(is_cancellation(own_write.error()));
}

TEST(memory_stream, destroying_ends_operations_under_way)
{
    asio::io_context io(1);
    auto pair = make_stream_pair(io.get_executor());
    std::optional<error_code> ended;
    char byte = 0;
    pair.first.async_read_some(asio::buffer(&byte, 1), [&](error_code code, std::size_t) { ended = code; });
    EXPECT_FALSE(ended) << "no handler runs inside the initiation";
    pair.first = byte_stream();
    EXPECT_FALSE(ended) << "no handler runs inside the destructor";
    io.run();
    EXPECT_EQ(ended, error_code(asio::error::operation_aborted));
}

TEST(memory_stream, a_signal_emitted_after_the_end_of_its_operation_does_nothing)
{
    asio::io_context io(1);
    auto pair = make_stream_pair(io.get_executor());
    asio::cancellation_signal signal;
    char byte = 0;
    std::optional<error_code> first;
    std::optional<error_code> second;
    pair.first.async_read_some(
        asio::buffer(&byte, 1),
        asio::bind_cancellation_slot(signal.slot(), [&](error_code code, std::size_t) { first = code; })
    );
    pair.second.async_write_some(asio::buffer("xy", 2), [](error_code, std::size_t) {});
    io.run();
    io.restart();
    char next = 0;
    pair.first.async_read_some(asio::buffer(&next, 1), [&](error_code code, std::size_t) { second = code; });
    signal.emit(asio::cancellation_type::terminal);
    io.run();
    EXPECT_EQ(first, error_code());
    EXPECT_EQ(second, error_code());
    EXPECT_EQ(byte, 'x');
    EXPECT_EQ(next, 'y');
}

TEST(memory_stream, a_pending_read_keeps_the_executor_running)
{
    asio::io_context io(1);
    auto pair = make_stream_pair(io.get_executor());
    char byte = 0;
    pair.first.async_read_some(asio::buffer(&byte, 1), [](error_code, std::size_t) {});
    io.poll();
    EXPECT_FALSE(io.stopped());
    pair.first.close();
    io.run();
}

task<void> read_forever(byte_stream stream) { co_await read_some(&stream); }

TEST(memory_stream, a_coroutine_that_still_waits_is_destroyed_with_its_context)
{
    auto const alive = std::make_shared<int>();
    {
        std::pair<byte_stream, byte_stream> pair;  // its other end outlives the context, so only that ends the read
        asio::io_context io(1);
        pair = make_stream_pair(io.get_executor());
        async_run(io.get_executor(), read_forever(std::move(pair.first)), [alive](result<void>) { FAIL(); });
        io.poll();
        EXPECT_EQ(alive.use_count(), 2);
    }
    EXPECT_EQ(alive.use_count(), 1);
}

}  // namespace
}  // namespace kuberay::net
