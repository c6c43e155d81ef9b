#include "net/spdy_codec.hpp"
#include "support/co_test.hpp"
#include "unit/kube/exec_spdy_server.hpp"

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;

exec_options by_spdy(bool input = false)
{
    exec_options options = command("cat");
    options.allow_websocket = false;
    options.input = options.ends_input = input;
    return options;
}

task<seen_session> run_against(exec_server on, exec_options options)
{
    exec_session session = co_await exec(on.client(), "team", "head", options);
    seen_session seen = co_await read_all(&session);
    EXPECT_EQ(on.connections(), 1u);
    co_return seen;
}

KUBERAY_CO_TEST(exec_spdy, opens_the_streams_in_the_order_the_server_waits_for)
{
    exec_server on(co_await asio::this_coro::executor);
    auto const kinds = std::make_shared<std::vector<std::string>>();
    on.then(runs_spdy(4, [kinds](std::shared_ptr<spdy_peer> peer) {
        *kinds = peer->kinds;
        return say_and_end(std::move(peer), "x", success_text);
    }));
    co_await run_against(on, by_spdy(true));
    std::vector<std::string> const plain{"error", "stdin", "stdout", "stderr"};
    EXPECT_EQ(*kinds, plain);
    exec_server again(co_await asio::this_coro::executor);
    again.then(runs_spdy(4, [kinds](std::shared_ptr<spdy_peer> peer) {
        *kinds = peer->kinds;
        return say_and_end(std::move(peer), "x", success_text);
    }));
    exec_options terminal = by_spdy(true);
    terminal.terminal = true;
    co_await run_against(again, terminal);
    std::vector<std::string> const tty{"error", "stdin", "stdout", "resize"};
    EXPECT_EQ(*kinds, tty);
}

KUBERAY_CO_TEST(exec_spdy, every_exit_code_arrives_and_nothing_else_is_a_success)
{
    std::vector<std::pair<std::string, int>> const rows = {
        {success_text, 0}, {exit_text("1"), 1},  {exit_text("137"), 137}, {exit_text("255"), 255},
        {"", -1},          {"{\"status\":", -1}, {"plain text", -1},
    };
    for (auto const& [text, code] : rows) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(says_over_spdy("out", text));
        seen_session const seen = co_await run_against(on, by_spdy());
        EXPECT_EQ(seen.exit_code, code) << text << ": " << seen.why.message();
        EXPECT_EQ(seen.out, "out");
        if (code >= 0) continue;
        error_code const wanted = text.empty() ? errc::connection_lost : errc::protocol_violation;
        EXPECT_EQ(seen.why.code(), wanted) << text << ": " << seen.why.message();
    }
}

task<void> leave_after(std::shared_ptr<spdy_peer> peer, std::string out, std::string status)
{
    co_await spdy_peer::send(peer, "stdout", out);
    if (!status.empty()) co_await spdy_peer::send(peer, "error", status);
    peer->connection.close();
}

KUBERAY_CO_TEST(exec_spdy, an_end_of_the_connection_counts_only_before_the_status)
{
    std::vector<std::string> const texts{"", success_text.substr(0, 10), success_text, exit_text("3")};
    for (auto const& text : texts) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(runs_spdy(3, [text](std::shared_ptr<spdy_peer> peer) {
            return leave_after(std::move(peer), "12345", text);
        }));
        seen_session const seen = co_await run_against(on, by_spdy());
        EXPECT_EQ(seen.out, "12345") << text;
        if (text == success_text) {
            EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
        } else if (text == exit_text("3")) {
            EXPECT_EQ(seen.exit_code, 3) << seen.why.message();
        } else {
            EXPECT_EQ(seen.why.code(), errc::connection_lost) << seen.why.message();
            EXPECT_NE(seen.why.message().find("5 bytes"), std::string::npos) << seen.why.message();
        }
    }
}

task<void> noise_then_end(std::shared_ptr<spdy_peer> peer)
{
    for (int i = 0; i < 160; ++i)
        co_await spdy_peer::send(peer, "stderr", std::string(65536, 'e'));
    co_await say_and_end(peer, "done", success_text);
}

KUBERAY_CO_TEST(exec_spdy, ten_megabytes_of_unwanted_errors_do_not_stop_the_output)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(runs_spdy(3, noise_then_end));
    seen_session const seen = co_await run_against(on, by_spdy());
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_EQ(seen.out, "done");
    EXPECT_EQ(seen.err.size(), 160u * 65536);
}

task<void> echo(std::shared_ptr<spdy_peer> peer)
{
    for (;;) {
        std::string const bytes = co_await net::read_some(peer->stream("stdin"));
        if (bytes.empty()) break;
        co_await spdy_peer::send(peer, "stdout", bytes);
    }
    co_await say_and_end(peer, "!", success_text);
}

task<seen_session> write_and_finish(exec_session* session, std::string bytes)
{
    co_await session->write(std::move(bytes));
    co_await session->finish_input();
    co_return seen_session();
}

KUBERAY_CO_TEST(exec_spdy, both_directions_are_full_at_the_same_time_and_the_input_ends)
{
    exec_server on(co_await asio::this_coro::executor, 4096);
    on.then(runs_spdy(4, echo));
    exec_session session = co_await exec(on.client(), "team", "head", by_spdy(true));
    EXPECT_EQ(session.protocol(), exec_protocol::spdy);
    std::string const bytes(4'000'000, 'b');
    std::vector<task<seen_session>> both;
    both.push_back(write_and_finish(&session, bytes));
    both.push_back(read_all(&session));
    auto const ended = co_await run_all(std::move(both));
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    EXPECT_EQ(ended[1]->exit_code, 0) << ended[1]->why.message();
    EXPECT_TRUE(ended[1]->out == bytes + "!");
}

task<void> wait_for_the_end(std::shared_ptr<spdy_peer> peer) { co_await peer->connection.ended(); }

KUBERAY_CO_TEST(exec_spdy, destroying_a_session_ends_the_connection)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(runs_spdy(3, wait_for_the_end));
    {
        exec_session session = co_await exec(on.client(), "team", "head", by_spdy());
        task<std::optional<exec_output>> reading = session.read();
        auto const read = co_await as_result(with_timeout(std::chrono::milliseconds(5), std::move(reading)));
        EXPECT_EQ(read.error().code(), errc::timed_out);
    }
    co_await on.ended(1);
}

KUBERAY_CO_TEST(exec_spdy, a_connection_lost_while_streams_are_opened_is_told)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then([](net::byte_stream stream, std::string) {
        return run_spdy(std::move(stream), 1, [](std::shared_ptr<spdy_peer> peer) {
            peer->connection.close();
            return wait_for_the_end(std::move(peer));
        });
    });
    auto const opened = co_await as_result(exec(on.client(), "team", "head", by_spdy()));
    EXPECT_EQ(opened.error().code(), errc::connection_lost) << opened.error().message();
    EXPECT_EQ(on.connections(), 1u);
}

// Opens the streams and says nothing more, not even to pings.
task<void> fall_silent(net::byte_stream stream)
{
    co_await net::write_all(
        &stream, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                 "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n"
    );
    net::spdy_decoder decoder;
    net::spdy_encoder encoder;
    for (;;) {
        std::string const bytes = co_await net::read_some(&stream);
        if (bytes.empty()) co_return;
        std::string_view rest = bytes;
        std::string answers;
        while (auto const frame = decoder.next(rest))
            if (frame->type == net::spdy_frame_type::syn_stream)
                answers += encoder.syn_reply(frame->id, net::spdy_headers());
        if (!answers.empty()) co_await net::write_all(&stream, std::move(answers));
    }
}

KUBERAY_CO_TEST(exec_spdy, a_silent_peer_is_lost_and_the_error_says_why)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then([](net::byte_stream stream, std::string) { return fall_silent(std::move(stream)); });
    exec_options options = by_spdy();
    options.ping_interval = std::chrono::milliseconds(2);
    options.silence_limit = std::chrono::milliseconds(10);
    seen_session const seen = co_await run_against(on, options);
    EXPECT_EQ(seen.why.code(), errc::connection_lost);
    EXPECT_NE(seen.why.message().find("nothing came within 10ms"), std::string::npos) << seen.why.message();
}

}  // namespace
