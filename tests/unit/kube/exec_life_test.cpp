#include "support/co_test.hpp"
#include "unit/kube/exec_server.hpp"

#include <boost/asio/this_coro.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;
using net::websocket_event;
using net::websocket_opcode;
using std::chrono::milliseconds;

constexpr milliseconds interval(5), silence(40);
constexpr int long_after_silence = 40;  // pings

exec_options lively(bool input = false)
{
    exec_options options = command("sleep");
    options.input = input;
    options.ping_interval = interval;
    options.silence_limit = silence;
    return options;
}

// Answers the first `answered` pings, counts up to `counted`, then ends the program.
task<void> count_pings(std::shared_ptr<raw_peer> peer, int answered, int counted)
{
    int pings = 0;
    while (pings < counted) {
        std::optional<websocket_event> const event = co_await raw_peer::next(peer);
        if (!event) co_return;
        if (event->kind != websocket_opcode::ping) continue;
        if (pings++ < answered) co_await raw_peer::send(peer, frame(event->payload, websocket_opcode::pong));
    }
    co_await raw_peer::send(peer, channel_frame(3, success_text));
}

exec_server::behaviour counts(int answered, int counted)
{
    return runs([=](std::shared_ptr<raw_peer> peer) { return count_pings(std::move(peer), answered, counted); });
}

KUBERAY_CO_TEST(exec_life, an_idle_session_that_answers_pings_lives)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(counts(long_after_silence, long_after_silence));
    exec_session session = co_await exec(on.client(), "team", "head", lively());
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
}

KUBERAY_CO_TEST(exec_life, a_silent_connection_is_lost_while_somebody_reads)
{
    for (int const answered : {0, 3}) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(counts(answered, 1'000'000));
        exec_session session = co_await exec(on.client(), "team", "head", lively());
        seen_session const seen = co_await read_all(&session);
        EXPECT_EQ(seen.why.code(), errc::connection_lost) << answered;
        EXPECT_NE(seen.why.message().find("no sign of life within 40 ms"), std::string::npos) << seen.why.message();
        co_await on.ended(1);
    }
}

KUBERAY_CO_TEST(exec_life, a_session_that_nobody_reads_is_pinged_and_lives)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(counts(0, long_after_silence));
    exec_session session = co_await exec(on.client(), "team", "head", lively());
    co_await on.ended(1);
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
}

task<seen_session> write_once(exec_session* session, std::string bytes)
{
    co_await session->write(std::move(bytes));
    co_return seen_session();
}

/// What a peer waits for before it reads.
struct gate {
    explicit gate(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    bool open = false;
    kuberay::condition changed;
};

task<void> read_late(std::shared_ptr<gate> until, std::shared_ptr<raw_peer> peer)
{
    while (!until->open)
        co_await until->changed.wait();
    std::size_t read = 0;
    while (read < 100'000) {
        std::optional<websocket_event> const event = co_await raw_peer::next(peer);
        if (!event) co_return;
        if (event->kind == websocket_opcode::binary) read += event->payload.size() - 1;
    }
    co_await raw_peer::send(peer, channel_frame(3, success_text));
}

// Two sessions of the same terms, one after the other, whose servers are silent.
task<seen_session> lose_two(kube::client on, std::shared_ptr<gate> then)
{
    seen_session seen;
    for (int i = 0; i < 2; ++i) {
        exec_session session = co_await exec(on, "team", "head", lively());
        seen = co_await read_all(&session);
        EXPECT_EQ(seen.why.code(), errc::connection_lost);
    }
    then->open = true;
    then->changed.notify_all();
    co_return seen;
}

KUBERAY_CO_TEST(exec_life, silence_means_nothing_while_a_write_waits)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    exec_server on(executor, 1000);
    auto const until_condemned = std::make_shared<gate>(executor);
    on.then(runs([until_condemned](std::shared_ptr<raw_peer> peer) {
        return read_late(until_condemned, std::move(peer));
    }));
    on.then(counts(0, 1'000'000));
    on.then(counts(0, 1'000'000));
    exec_session session = co_await exec(on.client(), "team", "head", lively(true));
    std::vector<task<seen_session>> all;
    all.push_back(write_once(&session, std::string(100'000, 'x')));
    all.push_back(read_all(&session));
    // The server reads when the same silence has ended others that began later.
    all.push_back(lose_two(on.client(), until_condemned));
    auto const ended = co_await run_all(std::move(all));
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    EXPECT_EQ(ended[1]->exit_code, 0) << ended[1]->why.message();
}

KUBERAY_CO_TEST(exec_life, silence_means_nothing_while_an_input_may_still_wait_on_the_way)
{
    // The write has ended here, but the server answers no ping before its program has taken the input.
    exec_server on(co_await asio::this_coro::executor);
    on.then(counts(0, long_after_silence));
    exec_session session = co_await exec(on.client(), "team", "head", lively(true));
    co_await session.write("for a program that does not read");
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
}

KUBERAY_CO_TEST(exec_life, silence_counts_again_when_the_input_was_taken)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(counts(3, 1'000'000));
    exec_session session = co_await exec(on.client(), "team", "head", lively(true));
    co_await session.write("for a program that reads");
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.why.code(), errc::connection_lost) << seen.exit_code;
}

task<void> wait_for_the_end(std::shared_ptr<raw_peer> peer)
{
    for (;;) {
        std::optional<websocket_event> const event = co_await raw_peer::next(peer);
        if (!event) co_return;
    }
}

KUBERAY_CO_TEST(exec_life, destroying_a_session_ends_the_connection)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(runs(wait_for_the_end));
    {
        exec_session const session = co_await exec(on.client(), "team", "head", lively());
    }
    co_await on.ended(1);
    EXPECT_EQ(on.connections(), 1u);
}

KUBERAY_CO_TEST(exec_life, a_cancelled_read_is_a_cancellation)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(runs(wait_for_the_end));
    exec_options options = lively();
    options.silence_limit = milliseconds(0);
    exec_session session = co_await exec(on.client(), "team", "head", options);
    task<std::optional<exec_output>> reading = session.read();
    auto const ended = co_await as_result(with_timeout(interval, std::move(reading)));
    EXPECT_EQ(ended.error().code(), errc::timed_out);
    session.abort();
    co_await on.ended(1);
}

task<seen_session> abort_it(exec_session* session)
{
    session->abort();
    co_return seen_session();
}

KUBERAY_CO_TEST(exec_life, an_abort_ends_the_read_under_way)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(runs(wait_for_the_end));
    exec_session session = co_await exec(on.client(), "team", "head", lively());
    std::vector<task<seen_session>> both;
    both.push_back(read_all(&session));
    both.push_back(abort_it(&session));  // they start in this order
    auto const ended = co_await run_all(std::move(both));
    EXPECT_TRUE(is_cancellation(ended[0]->why)) << ended[0]->why.message();
    co_await on.ended(1);
}

KUBERAY_CO_TEST(exec_life, a_cancelled_start_leaves_nothing_behind)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then([](net::byte_stream stream, std::string) {
        return wait_for_the_end(std::make_shared<raw_peer>(std::move(stream)));
    });
    task<exec_session> opening = exec(on.client(), "team", "head", lively());
    auto const opened = co_await as_result(with_timeout(interval, std::move(opening)));
    EXPECT_EQ(opened.error().code(), errc::timed_out);
    co_await on.ended(1);
    EXPECT_EQ(on.connections(), 1u);
}

}  // namespace
