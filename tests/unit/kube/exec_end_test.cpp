#include "support/co_test.hpp"
#include "unit/kube/exec_server.hpp"

#include <boost/asio/this_coro.hpp>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;
using net::websocket_opcode;

std::string const connected = channel_frame(1, "");
std::string const normal_close = frame(net::websocket_close_payload(1000), websocket_opcode::close);

task<seen_session> run_against(exec_server on)
{
    seen_session seen;
    task<exec_session> opening = exec(on.client(), "team", "head", command("cat /x"));
    result<exec_session> opened = co_await as_result(std::move(opening));
    if (opened.has_error()) {
        seen.why = opened.error();
        co_return seen;
    }
    seen = co_await read_all(&*opened);
    co_return seen;
}

task<seen_session> run_against_frames(std::string frames, std::size_t cut = std::string::npos)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(frames_then_end(std::move(frames), cut));
    seen_session seen = co_await run_against(on);
    EXPECT_EQ(on.connections(), 1u) << "the program was started again";
    co_return seen;
}

KUBERAY_CO_TEST(exec_end, a_status_is_the_end_whatever_comes_behind_it)
{
    std::string const before = connected + channel_frame(1, "out") + channel_frame(2, "err");
    std::vector<std::string> const behind = {
        "",
        normal_close,
        frame("text", websocket_opcode::text),
        "\x83\x01x",
        channel_frame(3, exit_text("9")),
        frame(""),
        frame(net::websocket_close_payload(1011), websocket_opcode::close),
    };
    for (auto const& tail : behind) {
        seen_session const seen = co_await run_against_frames(before + channel_frame(3, success_text) + tail);
        EXPECT_FALSE(seen.why) << seen.why.message();
        EXPECT_EQ(seen.exit_code, 0);
        EXPECT_EQ(seen.out, "out");
        EXPECT_EQ(seen.err, "err");
    }
}

KUBERAY_CO_TEST(exec_end, output_behind_the_status_is_still_output)
{
    std::string const frames = channel_frame(3, success_text) + channel_frame(1, "late") + normal_close;
    seen_session const seen = co_await run_against_frames(frames);
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.out, "late");
}

KUBERAY_CO_TEST(exec_end, every_exit_code_arrives)
{
    for (int const code : {1, 2, 126, 127, 137, 255}) {
        std::string const frames = channel_frame(2, "bad") + channel_frame(3, exit_text(std::to_string(code)));
        seen_session const seen = co_await run_against_frames(frames + normal_close);
        EXPECT_FALSE(seen.why) << seen.why.message();
        EXPECT_EQ(seen.exit_code, code);
        EXPECT_EQ(seen.err, "bad");
    }
}

KUBERAY_CO_TEST(exec_end, a_cut_at_any_byte_is_told_unless_the_status_was_whole)
{
    std::string const frames = connected + channel_frame(1, "hello") + channel_frame(2, "oops")
                               + channel_frame(1, std::string(200, 'x')) + channel_frame(3, success_text);
    std::string const all = frames + normal_close;
    // The key's length does not vary, so the head of the answer does not.
    std::string const key = "\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    std::size_t const head = switched_to_websocket(key, "v4.channel.k8s.io").size();
    for (std::size_t cut = 0; cut <= head + all.size(); ++cut) {
        seen_session const seen = co_await run_against_frames(all, cut);
        if (cut >= head + frames.size()) {
            EXPECT_EQ(seen.exit_code, 0) << cut << ": " << seen.why.message();
            EXPECT_EQ(seen.out.size(), 205u) << cut;
            continue;
        }
        EXPECT_EQ(seen.why.code(), errc::connection_lost)
            << cut << " of " << head << " + " << frames.size() << ": " << seen.why.message();
        EXPECT_EQ(seen.exit_code, -1) << cut;
        std::string const bytes = std::to_string(seen.out.size() + seen.err.size()) + " bytes";
        EXPECT_TRUE(cut < head || seen.why.message().find(bytes) != std::string::npos) << seen.why.message();
    }
}

KUBERAY_CO_TEST(exec_end, a_close_without_a_status_is_a_loss)
{
    for (int const code : {1000, 1001, 1011}) {
        std::string const close = frame(net::websocket_close_payload(code), websocket_opcode::close);
        seen_session const seen = co_await run_against_frames(connected + channel_frame(1, "hello") + close);
        EXPECT_EQ(seen.why.code(), errc::connection_lost);
        EXPECT_NE(seen.why.message().find("5 bytes"), std::string::npos) << seen.why.message();
        EXPECT_NE(seen.why.message().find(std::to_string(code)), std::string::npos) << seen.why.message();
        EXPECT_FALSE(seen.why.hint().empty());
    }
}

KUBERAY_CO_TEST(exec_end, a_status_that_cannot_be_read_is_no_success)
{
    for (std::string const text : {"", "x", "{}", "{\"status\":\"Succ", "null"}) {
        seen_session const seen = co_await run_against_frames(channel_frame(3, text) + normal_close);
        error_code const wanted = text.empty() ? errc::connection_lost : errc::protocol_violation;
        EXPECT_EQ(seen.why.code(), wanted) << text;
        EXPECT_EQ(seen.exit_code, -1) << text;
    }
}

KUBERAY_CO_TEST(exec_end, the_servers_own_failure_keeps_its_words)
{
    std::string const text =
        R"({"status":"Failure","reason":"InternalError","message":"no such file: nope","code":500})";
    seen_session const seen = co_await run_against_frames(connected + channel_frame(3, text) + normal_close);
    EXPECT_EQ(seen.why.code(), reason::internal);
    EXPECT_NE(seen.why.message().find("no such file: nope"), std::string::npos) << seen.why.message();
    EXPECT_NE(seen.why.message().find("exec in pod \"team/head\""), std::string::npos) << seen.why.message();
}

KUBERAY_CO_TEST(exec_end, what_breaks_the_protocol_is_named)
{
    std::vector<std::string> const broken = {
        frame("\x01hello", websocket_opcode::text), frame(""), "\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", "\x83\x01x"
    };
    for (auto const& bytes : broken) {
        seen_session const seen = co_await run_against_frames(channel_frame(1, "abc") + bytes);
        EXPECT_EQ(seen.why.code(), errc::protocol_violation) << seen.why.message();
        EXPECT_EQ(seen.out, "abc");
    }
    std::string const large = std::string("\x82\x7f\0\0\0\1\0\0\0\0", 10);
    seen_session const seen = co_await run_against_frames(large);
    EXPECT_EQ(seen.why.code(), errc::too_large) << seen.why.message();
}

KUBERAY_CO_TEST(exec_end, unknown_channels_are_dropped)
{
    std::string const frames = channel_frame(7, "x") + channel_frame(0, "y") + channel_frame(255, "\x01");
    std::string const rest = channel_frame(1, "z") + channel_frame(3, success_text);
    seen_session const seen = co_await run_against_frames(frames + rest);
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_EQ(seen.out, "z");
}

KUBERAY_CO_TEST(exec_end, the_end_can_be_asked_for_again)
{
    exec_server on(co_await asio::this_coro::executor);
    on.then(frames_then_end(channel_frame(3, exit_text("4"))));
    on.then(frames_then_end(channel_frame(1, "x")));
    exec_session good = co_await exec(on.client(), "team", "head", command("a"));
    seen_session first = co_await read_all(&good);
    first = co_await read_all(&good);
    EXPECT_EQ(first.exit_code, 4);
    exec_session bad = co_await exec(on.client(), "team", "head", command("a"));
    seen_session second = co_await read_all(&bad);
    second = co_await read_all(&bad);
    EXPECT_EQ(second.why.code(), errc::connection_lost);
}

KUBERAY_CO_TEST(exec_end, run_in_pod_collects_both_channels_within_its_limit)
{
    exec_server on(co_await asio::this_coro::executor);
    std::string const frames = channel_frame(1, "12345") + channel_frame(2, "678") + channel_frame(3, exit_text("2"));
    on.then(frames_then_end(frames));
    on.then(frames_then_end(frames));
    std::vector<std::string> const words{"ls", "-l"};
    exec_result const done = co_await run_in_pod(on.client(), "team", "head", "ray-head", words, 8);
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_EQ(done.out, "12345");
    EXPECT_EQ(done.err, "678");
    EXPECT_NE(
        on.heads().at(0).find("command=ls&command=-l&container=ray-head&stdout=true&stderr=true "), std::string::npos
    );
    result<exec_result> const more = co_await as_result(run_in_pod(on.client(), "team", "head", "ray-head", words, 7));
    EXPECT_EQ(more.error().code(), errc::too_large);
}

}  // namespace
