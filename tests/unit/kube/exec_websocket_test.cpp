#include "support/co_test.hpp"
#include "unit/kube/exec_server.hpp"

#include <boost/asio/this_coro.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;
using net::websocket_event;
using net::websocket_opcode;

std::string pattern(std::size_t size)
{
    std::string bytes(size, '\0');
    std::uint32_t state = 1;
    for (auto& byte : bytes)
        byte = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
    return bytes;
}

exec_options with_input(bool ends)
{
    exec_options options = command("cat");
    options.input = true;
    options.ends_input = ends;
    options.ping_interval = std::chrono::seconds(0);
    return options;
}

// What a program was fed, as the API server's reader takes it: every frame is a message.
struct fed {
    std::string input;
    std::size_t largest = 0;
    bool fragmented = false, ended = false;
    std::vector<std::string> sizes;
};

task<void> take_input(std::shared_ptr<raw_peer> peer, std::shared_ptr<fed> into, std::size_t up_to)
{
    while (into->input.size() < up_to && !into->ended) {
        std::optional<websocket_event> const event = co_await raw_peer::next(peer);
        if (!event) co_return;
        if (event->kind != websocket_opcode::binary || event->payload.empty()) continue;
        into->fragmented = into->fragmented || event->fragmented;
        into->largest = std::max(into->largest, event->payload.size());
        if (event->payload.front() == '\0') into->input += event->payload.substr(1);
        if (event->payload.front() == '\4') into->sizes.push_back(event->payload.substr(1));
        if (event->payload == std::string("\xff\0", 2)) into->ended = true;
    }
}

task<void> take_all_then_succeed(std::shared_ptr<raw_peer> peer, std::shared_ptr<fed> into, std::size_t up_to)
{
    co_await take_input(peer, into, up_to);
    co_await raw_peer::send(peer, channel_frame(3, success_text));
}

exec_server::behaviour eats(std::shared_ptr<fed> into, std::size_t up_to = std::string::npos)
{
    return runs([=](std::shared_ptr<raw_peer> peer) { return take_all_then_succeed(std::move(peer), into, up_to); });
}

KUBERAY_CO_TEST(exec_websocket, ten_megabytes_of_input_arrive_unfragmented_in_small_messages)
{
    exec_server on(co_await asio::this_coro::executor);
    auto const into = std::make_shared<fed>();
    std::string const bytes = pattern(10'000'000);
    on.then(eats(into));
    exec_session session = co_await exec(on.client(), "team", "head", with_input(true));
    EXPECT_EQ(session.protocol(), exec_protocol::websocket_v5);
    EXPECT_EQ(field_of(on.heads().at(0), "Sec-WebSocket-Protocol"), "v5.channel.k8s.io");
    co_await session.write(bytes);
    co_await session.write(std::string());
    co_await session.finish_input();
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_TRUE(into->input == bytes);
    EXPECT_TRUE(into->ended);
    EXPECT_FALSE(into->fragmented);
    EXPECT_EQ(into->largest, 32768u);
    result<void> const late = co_await as_result(session.write("late"));
    EXPECT_EQ(late.error().code(), errc::bad_input) << "the input was ended";
}

KUBERAY_CO_TEST(exec_websocket, v4_cannot_end_the_input_and_says_so)
{
    exec_server on(co_await asio::this_coro::executor);
    auto const into = std::make_shared<fed>();
    on.then(eats(into, 2));
    exec_session session = co_await exec(on.client(), "team", "head", with_input(false));
    EXPECT_EQ(session.protocol(), exec_protocol::websocket_v4);
    result<void> const ended = co_await as_result(session.finish_input());
    EXPECT_EQ(ended.error().code(), errc::bad_input);
    result<void> const sized = co_await as_result(session.resize(80, 24));
    EXPECT_EQ(sized.error().code(), errc::bad_input);
    co_await session.write("ab");
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
}

KUBERAY_CO_TEST(exec_websocket, the_size_of_a_terminal_is_told)
{
    exec_server on(co_await asio::this_coro::executor);
    auto const into = std::make_shared<fed>();
    on.then(eats(into, 1));
    exec_options options = with_input(false);
    options.terminal = true;
    exec_session session = co_await exec(on.client(), "team", "head", options);
    co_await session.resize(120, 40);
    co_await session.resize(80, 24);
    co_await session.write("x");
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0);
    std::vector<std::string> const wanted{R"({"Width":120,"Height":40})", R"({"Width":80,"Height":24})"};
    EXPECT_EQ(into->sizes, wanted);
}

task<void> write_everything(std::shared_ptr<raw_peer> peer, int channel, std::size_t messages, std::string piece)
{
    for (std::size_t i = 0; i < messages; ++i)
        co_await raw_peer::send(peer, channel_frame(channel, piece));
    co_await raw_peer::send(peer, channel_frame(1, "done"));
    co_await raw_peer::send(peer, channel_frame(3, success_text));
}

KUBERAY_CO_TEST(exec_websocket, ten_megabytes_of_unwanted_errors_do_not_stop_the_output)
{
    exec_server on(co_await asio::this_coro::executor, 10000);
    on.then(runs([](std::shared_ptr<raw_peer> peer) {
        return write_everything(std::move(peer), 2, 320, std::string(32768, 'e'));
    }));
    exec_session session = co_await exec(on.client(), "team", "head", command("noisy"));
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_EQ(seen.out, "done");
    EXPECT_EQ(seen.err.size(), 320u * 32768);
}

task<void> echo(std::shared_ptr<raw_peer> peer)
{
    for (;;) {
        std::optional<websocket_event> const event = co_await raw_peer::next(peer);
        if (!event || event->payload == std::string("\xff\0", 2)) break;
        co_await raw_peer::send(peer, channel_frame(1, event->payload.substr(1)));
    }
    co_await raw_peer::send(peer, channel_frame(3, success_text));
}

task<seen_session> write_and_finish(exec_session* session, std::string bytes)
{
    for (std::size_t at = 0; at < bytes.size(); at += 100'000)
        co_await session->write(bytes.substr(at, 100'000));
    co_await session->finish_input();
    co_return seen_session();
}

KUBERAY_CO_TEST(exec_websocket, both_directions_are_full_at_the_same_time)
{
    exec_server on(co_await asio::this_coro::executor, 4096);
    on.then(runs(echo));
    std::string const bytes = pattern(4'000'000);
    exec_session session = co_await exec(on.client(), "team", "head", with_input(true));
    std::vector<task<seen_session>> both;
    both.push_back(write_and_finish(&session, bytes));
    both.push_back(read_all(&session));
    auto const ended = co_await run_all(std::move(both));
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    EXPECT_EQ(ended[1]->exit_code, 0) << ended[1]->why.message();
    EXPECT_TRUE(ended[1]->out == bytes);
}

task<void> succeed_unread(std::shared_ptr<raw_peer> peer)
{
    co_await raw_peer::send(peer, channel_frame(1, "enough") + channel_frame(3, success_text));
}

KUBERAY_CO_TEST(exec_websocket, input_for_a_program_that_has_ended_is_dropped)
{
    exec_server on(co_await asio::this_coro::executor, 1000);
    on.then(runs(succeed_unread));
    exec_session session = co_await exec(on.client(), "team", "head", with_input(true));
    std::vector<task<seen_session>> both;
    both.push_back(write_and_finish(&session, pattern(500'000)));
    both.push_back(read_all(&session));
    auto const ended = co_await run_all(std::move(both));
    EXPECT_TRUE(ended[0].has_value()) << ended[0].error().message();
    EXPECT_EQ(ended[1]->exit_code, 0) << ended[1]->why.message();
    EXPECT_EQ(ended[1]->out, "enough");
}

KUBERAY_CO_TEST(exec_websocket, a_failed_write_leaves_the_status_to_be_read)
{
    exec_server on(co_await asio::this_coro::executor, 1000);
    on.then(runs(succeed_unread));
    exec_session session = co_await exec(on.client(), "team", "head", with_input(false));
    result<void> const written = co_await as_result(session.write(pattern(500'000)));
    EXPECT_EQ(written.error().code(), errc::connection_lost);
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.exit_code, 0) << seen.why.message();
    EXPECT_EQ(seen.out, "enough");
}

task<void> leave(std::shared_ptr<raw_peer>) { co_return; }

KUBERAY_CO_TEST(exec_websocket, a_write_to_a_lost_server_fails)
{
    exec_server on(co_await asio::this_coro::executor, 1000);
    on.then(runs(leave));
    exec_session session = co_await exec(on.client(), "team", "head", with_input(false));
    std::vector<task<seen_session>> both;
    both.push_back(write_and_finish(&session, pattern(500'000)));
    both.push_back(read_all(&session));
    auto const ended = co_await run_all(std::move(both));
    EXPECT_EQ(ended[0].error().code(), errc::connection_lost);
    EXPECT_EQ(ended[1]->why.code(), errc::connection_lost);
}

KUBERAY_CO_TEST(exec_websocket, attach_goes_to_the_main_process)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(frames_then_end(channel_frame(1, "log") + channel_frame(3, success_text)));
    exec_options options;
    options.container = "ray-head";
    exec_session session = co_await attach(on.client(), "team", "head", options);
    seen_session const seen = co_await read_all(&session);
    EXPECT_EQ(seen.out, "log");
    EXPECT_EQ(
        on.heads().at(0).find("GET /api/v1/namespaces/team/pods/head/attach?container=ray-head&stdout=true&"), 0u
    );
}

KUBERAY_CO_TEST(exec_websocket, contradicting_options_cost_no_connection)
{
    exec_server on(co_await asio::this_coro::executor);
    exec_options options;
    result<exec_session> const opened = co_await as_result(exec(on.client(), "team", "head", options));
    EXPECT_EQ(opened.error().code(), errc::bad_input);
    EXPECT_EQ(on.connections(), 0u);
}

}  // namespace
