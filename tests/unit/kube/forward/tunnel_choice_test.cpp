#include "unit/kube/exec_server.hpp"
#include "unit/kube/forward/forward_world.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

using namespace kuberay::test;
using namespace kuberay::kube::test;

std::string const not_known = "unable to upgrade: unknown protocol";
pod_tunnel::error_sink const nobody;

struct heard_errors {
    heard_errors() = default;
    pod_tunnel::error_sink sink()
    {
        return [this](error const& why) { all.push_back(why); };
    }
    std::vector<error> all;
};

KUBERAY_CO_TEST(TunnelChoice, channels_carry_bytes_where_the_tunnel_is_not_known)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::websocket_v4);
    net::byte_stream one = co_await tunnel.connect(90, nobody);
    EXPECT_EQ(in.server.journal().back().target, std::string(forward_world::path) + "?ports=90");
    EXPECT_EQ(in.server.journal().back().fields.get("Sec-WebSocket-Protocol"), "v4.channel.k8s.io");
    net::byte_stream two = co_await tunnel.connect(90, nobody);
    EXPECT_EQ(tunnel.connections(), 2U);
    std::string const much = std::string(300000, 'm') + "\n";
    ending end = co_await ask_on(&one, much);
    EXPECT_EQ(end.bytes, "one:" + much);
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
    end = co_await end_of(&one);
    EXPECT_EQ(end.code, asio::error::eof) << "again: " << end.code.message();
    end = co_await ask_on(&two, "x\n");
    EXPECT_EQ(end.bytes, "one:x\n");
    one = net::byte_stream();
    two = net::byte_stream();
    EXPECT_EQ(tunnel.connections(), 0U);
    EXPECT_TRUE(tunnel.is_open());
    EXPECT_FALSE(tunnel.is_stalled());
}

KUBERAY_CO_TEST(TunnelChoice, a_port_that_refuses_ends_its_channel_only)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    heard_errors heard;
    net::byte_stream refused = co_await tunnel.connect(81, heard.sink());
    ending end = co_await end_of(&refused);
    EXPECT_EQ(end.code, asio::error::connection_refused) << end.code.message();
    EXPECT_EQ(heard.all.size(), 1U);
    for (auto const& why : heard.all)
        EXPECT_NE(why.message().find("port 81 of pod \"one\" cannot be reached: "), std::string::npos) << why.message();
    net::byte_stream good = co_await tunnel.connect(90, nobody);
    end = co_await ask_on(&good, "x\n");
    EXPECT_EQ(end.bytes, "one:x\n");
}

KUBERAY_CO_TEST(TunnelChoice, closing_the_tunnel_cuts_its_channels)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    net::byte_stream cut = co_await tunnel.connect(90, nobody);
    tunnel.close();
    ending const end = co_await end_of(&cut);
    EXPECT_EQ(end.code, asio::error::connection_aborted) << end.code.message();
    error const why = co_await tunnel.ended();
    EXPECT_EQ(why.code(), errc::connection_lost);
    task<net::byte_stream> late = tunnel.connect(90, nobody);
    result<net::byte_stream> const refused = co_await as_result(std::move(late));
    EXPECT_EQ(error_of(refused).code(), errc::connection_lost);
    EXPECT_EQ(tunnel.connections(), 0U);
}

/// How something ended that runs beside the test.
struct awaited_end {
    explicit awaited_end(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    static task<void> reached(std::shared_ptr<awaited_end> on)
    {
        while (!on->why)
            co_await on->changed.wait();
    }

    void set(error end)
    {
        why = std::move(end);
        changed.notify_all();
    }

    std::optional<error> why;
    kuberay::condition changed;
};

task<void> note_end(task<error> waiting, std::shared_ptr<awaited_end> into)
{
    error why = co_await std::move(waiting);
    into->set(std::move(why));
}

KUBERAY_CO_TEST(TunnelChoice, refused_channels_lead_to_one_spdy_tunnel_for_all_whose_end_is_seen)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known, 4);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    auto const ended = std::make_shared<awaited_end>(in.client.get_executor());
    async_run(in.client.get_executor(), note_end(tunnel.ended(), ended), [](result<void>) {});
    std::vector<task<net::byte_stream>> opening;
    for (int i = 0; i < 3; ++i)
        opening.push_back(tunnel.connect(80, nobody));
    std::vector<result<net::byte_stream>> opened = co_await run_all(std::move(opening));
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::spdy);
    EXPECT_EQ(tunnel.connections(), 3U) << "some of them are on a tunnel that nobody holds";
    for (auto& one : opened) {
        ending const end = co_await exchange_on(&one.value(), "x");
        EXPECT_EQ(end.bytes, "one:x");
    }
    opened.clear();
    EXPECT_FALSE(ended->why.has_value()) << "the tunnel goes on";
    stream_fault fault;
    fault.what = stream_fault::kind::forward_cut;
    in.streams.inject(fault);
    net::byte_stream cut = co_await tunnel.connect(80, nobody);
    ending const end = co_await exchange_on(&cut, "x");
    EXPECT_EQ(end.code, asio::error::connection_aborted) << end.code.message();
    co_await awaited_end::reached(ended);
    EXPECT_FALSE(tunnel.is_open());
}

KUBERAY_CO_TEST(TunnelChoice, a_tunnel_that_was_closed_while_it_fell_back_stays_closed)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known, 2);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    auto const made = std::make_shared<awaited_end>(in.client.get_executor());
    async_run(in.client.get_executor(), tunnel.connect(80, nobody), [made](result<net::byte_stream> one) {
        made->set(error_of(one));
    });
    std::function<bool()> const is_posted = [&in] { return in.requests("POST") > 0; };
    co_await in.server.until(is_posted);
    tunnel.close();
    co_await awaited_end::reached(made);
    EXPECT_EQ(made->why->code(), errc::connection_lost) << made->why->message();
    EXPECT_FALSE(tunnel.is_open());
}

KUBERAY_CO_TEST(TunnelChoice, proven_channels_are_not_given_up_for_one_refusal)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, not_known);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    net::byte_stream good = co_await tunnel.connect(90, nobody);
    in.refuse_websocket(403, "no");
    task<net::byte_stream> trying = tunnel.connect(90, nobody);
    result<net::byte_stream> const tried = co_await as_result(std::move(trying));
    EXPECT_EQ(error_of(tried).code(), reason::forbidden) << error_of(tried).message();
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::websocket_v4);
    EXPECT_EQ(in.requests("POST"), 0U);
}

KUBERAY_CO_TEST(TunnelChoice, refusals_that_another_protocol_cannot_change_are_told_at_once)
{
    struct row {
        int code;
        char const* reason;
        error_code told;
    };
    for (row const& r :
         {row{401, "Unauthorized", reason::unauthorized}, row{404, "NotFound", reason::not_found},
          row{500, "InternalError", reason::internal}}) {
        forward_world in(co_await asio::this_coro::executor);
        testing::fault refusal = testing::fault::status(r.code, r.reason, "no");
        in.server.inject(std::move(refusal).on("", forward_world::path).times(-1));
        task<pod_tunnel> opening = pod_tunnel::open(in.client, "default", "one");
        result<pod_tunnel> const opened = co_await as_result(std::move(opening));
        EXPECT_EQ(error_of(opened).code(), r.told) << error_of(opened).message();
        EXPECT_EQ(in.requests("POST"), 0U) << r.code;
    }
}

KUBERAY_CO_TEST(TunnelChoice, a_role_that_may_not_forward_is_told_what_it_needs)
{
    forward_world in(co_await asio::this_coro::executor);
    testing::fault refusal = testing::fault::status(403, "Forbidden", "cannot create pods/portforward");
    in.server.inject(std::move(refusal).on("", forward_world::path).times(-1));
    task<pod_tunnel> opening = pod_tunnel::open(in.client, "", "one");
    result<pod_tunnel> const opened = co_await as_result(std::move(opening));
    error const why = error_of(opened);
    EXPECT_EQ(why.code(), reason::forbidden) << why.message();
    EXPECT_NE(why.message().find("cannot create pods/portforward"), std::string::npos) << why.message();
    std::string const hint(why.hint());
    EXPECT_NE(hint.find("\"create\" and \"get\" on \"pods/portforward\" in namespace default"), std::string::npos)
        << hint;
    EXPECT_EQ(in.requests("GET"), 1U);
    EXPECT_EQ(in.requests("POST"), 1U);
}

task<void> switch_without_protocol(net::byte_stream stream, std::string head)
{
    std::string answer = switched_to_websocket(head, "");
    std::size_t const at = answer.find("Sec-WebSocket-Protocol");
    answer.erase(at, answer.find("\r\n", at) + 2 - at);
    co_await net::write_all(&stream, std::move(answer));
}

/// Channel 0 and 1 with their port, then `frames`, then what the client sent.
task<void> speak_channels(net::byte_stream stream, std::string head, std::string frames)
{
    std::string bytes = switched_to_websocket(head, "v4.channel.k8s.io");
    bytes += channel_frame(0, std::string("\x50\0", 2)) + channel_frame(1, std::string("\x50\0", 2)) + frames;
    co_await net::write_all(&stream, std::move(bytes));
    std::string const some = co_await net::read_some(&stream);
}

KUBERAY_CO_TEST(TunnelChoice, a_switch_that_names_no_protocol_leads_to_channels_and_their_ends_are_told_apart)
{
    struct row {
        char const* name;
        std::string frames, bytes;
        error_code end;
        std::size_t told;
    };
    std::string const good_end = frame(std::string("\x03\xe8", 2), net::websocket_opcode::close);
    std::string const bad_end = frame(std::string("\x03\xf3", 2), net::websocket_opcode::close);
    std::vector<row> const rows = {
        {"a proper end", channel_frame(0, "ab") + channel_frame(0, "c") + good_end, "abc", asio::error::eof, 0},
        {"an internal error", channel_frame(0, "abc") + bad_end, "abc", asio::error::connection_reset, 0},
        {"words before bytes", channel_frame(1, "no") + good_end, "", asio::error::connection_refused, 1},
        {"words after bytes", channel_frame(0, "abc") + channel_frame(1, "no"), "abc", asio::error::connection_reset, 1
        },
        {"another port", channel_frame(2, "abc"), "", errc::protocol_violation, 0},
    };
    for (row const& r : rows) {
        exec_server on(co_await asio::this_coro::executor);
        on.then(&switch_without_protocol);
        on.then([&r](net::byte_stream stream, std::string head) {
            return speak_channels(std::move(stream), std::move(head), r.frames);
        });
        pod_tunnel tunnel = co_await pod_tunnel::open(on.client(), "team", "head");
        EXPECT_EQ(tunnel.protocol(), tunnel_protocol::websocket_v4) << r.name;
        heard_errors heard;
        net::byte_stream stream = co_await tunnel.connect(80, heard.sink());
        ending const end = co_await end_of(&stream);
        EXPECT_EQ(end.bytes, r.bytes) << r.name;
        EXPECT_EQ(end.code, r.end) << r.name << ": " << end.code.message();
        EXPECT_EQ(heard.all.size(), r.told) << r.name;
    }
}

}  // namespace
}  // namespace kuberay::kube
