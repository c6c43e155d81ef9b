// How a connection is opened in a tunnel: its first bytes do not wait for the other side, and what was sent is not sent
// again.
#include "kube/forwarder_state.hpp"
#include "kube/tunnel_link.hpp"
#include "net/spdy_codec.hpp"
#include "unit/kube/exec_server.hpp"
#include "unit/kube/forward/running_forwarder.hpp"

#include <memory>
#include <string>
#include <vector>

namespace kuberay::kube {
namespace {

using namespace kuberay::test;
using namespace kuberay::kube::test;

std::string const forbidden =
    R"({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403})";

/// The other side of SPDY by POST, frame by frame.
struct spdy_peer {
    explicit spdy_peer(net::byte_stream over)
        : over(std::move(over))
    {
    }

    net::byte_stream over;
    net::spdy_decoder decoder;
    net::spdy_encoder encoder;
    std::vector<std::uint32_t> opened;
    std::string data;  ///< that came on any stream
};

using shared_peer = std::shared_ptr<spdy_peer>;

task<shared_peer> switch_to_spdy(net::byte_stream over)
{
    auto const peer = std::make_shared<spdy_peer>(std::move(over));
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                         "X-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n";
    co_await net::write_all(&peer->over, std::move(answer));
    co_return peer;
}

/// False when the client has left.
task<bool> read_frames(shared_peer peer)
{
    std::string const some = co_await net::read_some(&peer->over);
    std::string_view rest = some;
    for (std::optional<net::spdy_frame> frame = peer->decoder.next(rest); frame; frame = peer->decoder.next(rest)) {
        if (frame->type == net::spdy_frame_type::syn_stream) peer->opened.push_back(frame->id);
        if (frame->type == net::spdy_frame_type::data) peer->data += frame->payload;
    }
    co_return !some.empty();
}

/// Says nothing before `wanted` has come; then it takes the connection, and sends it back.
task<void> answer_after(net::byte_stream over, std::string wanted)
{
    shared_peer const peer = co_await switch_to_spdy(std::move(over));
    bool here = true;
    while (here && (peer->opened.size() < 2 || peer->data != wanted))
        here = co_await read_frames(peer);
    std::string answers;
    for (std::uint32_t const id : peer->opened)
        answers += peer->encoder.syn_reply(id, net::spdy_headers());
    for (std::uint32_t const id : peer->opened) {
        bool const is_data = id == peer->opened.back();
        std::array<char, 8> const head = net::spdy_data_head(id, is_data ? wanted.size() : 0, true);
        answers.append(head.data(), head.size());
        if (is_data) answers += wanted;
    }
    co_await net::write_all(&peer->over, std::move(answers));
    while (here)
        here = co_await read_frames(peer);
}

/// Takes no connection, and leaves when one was asked for and `wanted` has come.
task<void> leave_after(net::byte_stream over, std::string wanted)
{
    shared_peer const peer = co_await switch_to_spdy(std::move(over));
    bool here = true;
    while (here && (peer->opened.size() < 2 || peer->data != wanted))
        here = co_await read_frames(peer);
}

task<void> never_answer(net::byte_stream over)
{
    shared_peer const peer = co_await switch_to_spdy(std::move(over));
    bool here = true;
    while (here)
        here = co_await read_frames(peer);
}

exec_server::behaviour answers_after(std::string wanted)
{
    return [wanted](net::byte_stream stream, std::string) { return answer_after(std::move(stream), wanted); };
}

exec_server::behaviour leaves_after(std::string wanted)
{
    return [wanted](net::byte_stream stream, std::string) { return leave_after(std::move(stream), wanted); };
}

KUBERAY_CO_TEST(TunnelOpening, bytes_follow_at_once_and_the_answer_comes_when_it_comes)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(answers_after("early"));
    std::shared_ptr<tunnel_link> const link = co_await open_spdy_link(server.client(), "/portforward", "one");
    pod_tunnel::error_sink const nobody;
    std::optional<opening_stream> begun = link->begin(80, nobody);
    EXPECT_EQ(link->connections(), 1U);
    co_await net::write_all(&begun->stream, "early");
    co_await std::move(begun->answered);
    ending const end = co_await end_of(&begun->stream);
    EXPECT_EQ(end.bytes, "early");
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
}

KUBERAY_CO_TEST(TunnelOpening, a_tunnel_that_falls_silent_is_lost_within_the_limit_it_was_given)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then([](net::byte_stream stream, std::string) { return never_answer(std::move(stream)); });
    liveness alive;
    alive.ping_interval = std::chrono::milliseconds(2);
    alive.silence_limit = std::chrono::milliseconds(10);
    pod_tunnel const tunnel = co_await pod_tunnel::open(server.client(), "default", "one", alive);
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::spdy);
    error const why = co_await tunnel.ended();
    EXPECT_EQ(why.code(), errc::connection_lost) << why.message();
    EXPECT_NE(why.message().find("nothing came within 10ms"), std::string::npos) << why.message();
}

/// A forwarder without local ports, whose tunnels the test opens.
struct forwarding {
    explicit forwarding(exec_server const& server)
        : on(std::make_shared<forwarder>(server.client(), forward_resolver(), quick_options(80)))
    {
        on->place.ports.assign(1, 80);
    }

    forwarding(forwarding const&) = delete;
    forwarding& operator=(forwarding const&) = delete;
    ~forwarding() { on->stop(); }

    task<void> open_tunnel() { return open(on); }

    static task<void> open(shared_forwarder on)
    {
        pod_tunnel const tunnel = co_await pod_tunnel::open(on->on, "default", "one");
        on->tunnel = tunnel;
        on->changed.notify_all();
    }

    net::byte_stream dial()
    {
        auto ends = net::make_stream_pair(on->on.get_executor());
        net::accepted_connection local;
        local.stream = std::move(ends.second);
        auto const connection = std::make_shared<carried_connection>(on, std::move(local));
        connection->local.reset = [into = was_reset, raw = connection.get()] {
            *into = true;
            raw->local.stream.close();
        };
        carry(connection, 0);
        return std::move(ends.first);
    }

    std::shared_ptr<bool> const was_reset = std::make_shared<bool>(false);
    shared_forwarder on;
};

KUBERAY_CO_TEST(TunnelOpening, a_forwarder_lets_the_first_bytes_follow_at_once)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then(answers_after("early"));
    forwarding f(server);
    co_await f.open_tunnel();
    net::byte_stream local = f.dial();
    ending const end = co_await ask_on(&local, "early");
    EXPECT_EQ(end.bytes, "early");
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
}

KUBERAY_CO_TEST(TunnelOpening, a_connection_waits_for_a_tunnel_without_a_limit_too)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then(answers_after("late"));
    forwarding f(server);
    f.on->options.connect_limit = std::chrono::seconds(0);
    net::byte_stream local = f.dial();
    co_await f.open_tunnel();
    ending const end = co_await ask_on(&local, "late");
    EXPECT_EQ(end.bytes, "late");
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
}

KUBERAY_CO_TEST(TunnelOpening, a_connection_that_finds_no_tunnel_in_time_is_refused)
{
    exec_server server(co_await asio::this_coro::executor);
    forwarding f(server);
    f.on->options.connect_limit = std::chrono::milliseconds(5);
    net::byte_stream local = f.dial();
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.bytes, "");
    EXPECT_TRUE(*f.was_reset);
}

KUBERAY_CO_TEST(TunnelOpening, a_connection_that_is_never_answered_ends_at_the_limit_whatever_was_sent)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then([](net::byte_stream stream, std::string) { return never_answer(std::move(stream)); });
    forwarding f(server);
    f.on->options.connect_limit = std::chrono::milliseconds(20);
    co_await f.open_tunnel();
    net::byte_stream local = f.dial();
    co_await net::write_all(&local, "sent");
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.bytes, "");
    EXPECT_TRUE(*f.was_reset);
}

KUBERAY_CO_TEST(TunnelOpening, bytes_that_went_into_a_tunnel_that_ended_are_not_sent_again)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then(leaves_after("only once"));
    server.then(refuses(403, forbidden));
    server.then(answers_after("only once"));
    forwarding f(server);
    co_await f.open_tunnel();
    net::byte_stream local = f.dial();
    co_await net::write_all(&local, "only once");
    co_await server.ended(2);
    co_await f.open_tunnel();
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.bytes, "");
    EXPECT_TRUE(*f.was_reset);
}

KUBERAY_CO_TEST(TunnelOpening, a_connection_that_has_sent_nothing_yet_goes_through_the_next_tunnel)
{
    exec_server server(co_await asio::this_coro::executor);
    server.then(refuses(403, forbidden));
    server.then(leaves_after(""));
    server.then(refuses(403, forbidden));
    server.then(answers_after("now"));
    forwarding f(server);
    co_await f.open_tunnel();
    net::byte_stream local = f.dial();
    co_await server.ended(2);
    co_await f.open_tunnel();
    ending const end = co_await ask_on(&local, "now");
    EXPECT_EQ(end.bytes, "now");
    EXPECT_FALSE(*f.was_reset);
}

}  // namespace
}  // namespace kuberay::kube
