// SPDY on its own, against a server made of the packages of a kubelet and an API server (tests/e2e/spdy_peer, whose URL
// KUBERAY_CONTRACT_PEER has), and against the simulator. The Go side tells what it has open.
#include "exchange.hpp"
#include "kube/tunnel_link.hpp"
#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/exec.hpp>
#include <kuberay/net/dialer.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

using namespace kuberay;
using kuberay::contract::echo;
using kuberay::contract::end_of;
using kuberay::contract::ending;
using kuberay::contract::exchange;

namespace {

enum class peer { simulator, go };

std::ostream& operator<<(std::ostream& out, peer which) { return out << (which == peer::go ? "go_peer" : "simulator"); }

char const* go_peer()
{
    char const* const address = std::getenv("KUBERAY_CONTRACT_PEER");
    return address && *address ? address : nullptr;
}

std::vector<peer> peers()
{
    std::vector<peer> all = {peer::simulator};
    if (go_peer()) all.push_back(peer::go);
    return all;
}

constexpr std::uint16_t echo_port = 7, refusing_port = 9, breaking_port = 13;

struct peer_place {
    explicit peer_place(kube::client client)
        : client(std::move(client))
    {
    }

    kube::client client;
    std::optional<kuberay::testing::api_server> server;  ///< the simulator
    std::optional<kuberay::testing::pod_streams> streams;
};

task<int> both_outputs(kuberay::testing::exec_call call)
{
    int const count = std::stoi(call.command[1]);
    for (int i = 0; i < count; ++i) {
        co_await call.write_output("out " + std::to_string(i) + "\n");
        co_await call.write_errors("err " + std::to_string(i) + "\n");
    }
    co_return 0;
}

peer_place simulated(asio::any_io_executor executor)
{
    kuberay::testing::api_server server(executor);
    server.start();
    json::object const put = server.put(parse_json(R"({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "pod", "namespace": "default"},
        "spec": {"nodeName": "node", "containers": [{"name": "main", "image": "x"}]},
        "status": {"phase": "Running", "containerStatuses": [{"name": "main", "restartCount": 0, "state": {"running": {}}}]}})"
    )
                                            .value()
                                            .as_object());
    peer_place at(kube::client(executor, server.config(), kube::client_options()));
    at.streams.emplace(server);
    at.streams->on_port(echo_port, [](std::string const&, net::byte_stream connection) {
        return echo(std::move(connection));
    });
    at.streams->on_exec([](kuberay::testing::exec_call call) {
        bool const both = !call.command.empty() && call.command[0] == "both";
        return both ? both_outputs(std::move(call)) : kuberay::testing::pod_streams::run_default(std::move(call));
    });
    at.server = server;
    return at;
}

/// Until nothing is open on the other side. The Go side answers as soon as that is so, or after a while with what is.
task<void> quiet(peer_place at)
{
    if (at.streams) {
        kuberay::testing::pod_streams const streams = *at.streams;
        std::function<bool()> const none = [streams] {
            return streams.sessions() == 0 && streams.port_connections() == 0;
        };
        co_await at.server->until(none);
        co_return;
    }
    net::http_request const request("GET", "/counts");
    net::http_response answer = co_await at.client.send(request);
    std::string const text = co_await answer.read_all();
    json::value const counts = parse_json(text).value();
    EXPECT_EQ(counts.at("sessions").as_int64(), 0) << text;
    EXPECT_EQ(counts.at("connections").as_int64(), 0) << text;
    EXPECT_GT(counts.at("begun").as_int64(), 0) << text;
}

using peer_body = task<void> (*)(peer_place at);

task<void> run_at(peer which, peer_body body)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    kube::config config;
    if (which == peer::go) config.connect.server = net::parse_url(go_peer()).value();
    peer_place at =
        which == peer::go ? peer_place(kube::client(executor, config, kube::client_options())) : simulated(executor);
    co_await body(at);
    co_await quiet(at);
}

class spdy_peer : public ::testing::TestWithParam<peer> {};

std::string noise(std::size_t size)
{
    std::string bytes(size, '\0');
    std::uint32_t state = 7;
    for (char& byte : bytes)
        byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
    return bytes;
}

kube::exec_options program(std::string name, std::string argument)
{
    kube::exec_options options;
    options.command.push_back(std::move(name));
    if (!argument.empty()) options.command.push_back(std::move(argument));
    options.allow_websocket = false;
    return options;
}

struct outcome {
    outcome() = default;
    std::string out, err;
    int exit_code = -1;
};

task<outcome> read_to_the_end(kube::exec_session* session)
{
    outcome seen;
    for (;;) {
        std::optional<kube::exec_output> piece = co_await session->read();
        if (!piece) break;
        (piece->channel == kube::output_channel::err ? seen.err : seen.out) += piece->bytes;
    }
    seen.exit_code = session->exit_code();
    co_return seen;
}

task<outcome> write_all_of(kube::exec_session* session, std::string bytes)
{
    constexpr std::size_t piece = 1 << 20;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        co_await session->write(bytes.substr(at, piece));
    co_await session->finish_input();
    co_return outcome();
}

using shared_link = std::shared_ptr<kube::tunnel_link>;

/// SPDY in a WebSocket, and by POST.
task<std::vector<shared_link>> both_links(peer_place at)
{
    std::vector<shared_link> links;
    shared_link link = co_await kube::open_link(at.client, "default", "pod");
    EXPECT_EQ(link->protocol(), kube::tunnel_protocol::websocket_spdy);
    links.push_back(link);
    std::string const path = kube::port_forward_path("default", "pod");
    link = co_await kube::open_spdy_link(at.client, path, "pod");
    links.push_back(link);
    co_return links;
}

task<ending> connect_and_exchange(shared_link link, std::string bytes)
{
    kube::pod_tunnel::error_sink const untold;
    net::byte_stream stream = co_await link->connect(echo_port, untold);
    ending end = co_await exchange(&stream, std::move(bytes));
    co_return end;
}

task<void> exit_codes(peer_place at)
{
    for (int const code : {0, 1, 126, 127, 137, 255}) {
        kube::exec_options const options = program("exit", std::to_string(code));
        kube::exec_session session = co_await kube::exec(at.client, "default", "pod", options);
        EXPECT_EQ(session.protocol(), kube::exec_protocol::spdy);
        outcome const seen = co_await read_to_the_end(&session);
        EXPECT_EQ(seen.exit_code, code);
    }
}

task<void> input_to_its_end(peer_place at)
{
    std::string const bytes = noise(10'000'000);
    kube::exec_options options = program("cat", std::string());
    options.input = options.ends_input = true;
    kube::exec_session session = co_await kube::exec(at.client, "default", "pod", options);
    std::vector<task<outcome>> both;
    both.push_back(write_all_of(&session, bytes));
    both.push_back(read_to_the_end(&session));
    std::vector<result<outcome>> const ends = co_await run_all(std::move(both));
    EXPECT_TRUE(ends[0].has_value()) << ends[0].error().message();
    outcome const& seen = ends[1].value();
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_TRUE(seen.out == bytes) << seen.out.size();
}

task<void> both_channels(peer_place at)
{
    std::string out, err;
    for (int i = 0; i < 5000; ++i) {
        out += "out " + std::to_string(i) + "\n";
        err += "err " + std::to_string(i) + "\n";
    }
    kube::exec_options const options = program("both", "5000");
    kube::exec_session session = co_await kube::exec(at.client, "default", "pod", options);
    outcome const seen = co_await read_to_the_end(&session);
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_TRUE(seen.out == out) << seen.out.size();
    EXPECT_TRUE(seen.err == err) << seen.err.size();
}

task<void> an_aborted_session(peer_place at)
{
    kube::exec_options options = program("cat", std::string());
    options.input = options.ends_input = true;
    kube::exec_session session = co_await kube::exec(at.client, "default", "pod", options);
    co_await session.write("hello");
    std::optional<kube::exec_output> const piece = co_await session.read();
    EXPECT_EQ(piece.value().bytes, "hello");
    session.abort();
}

task<void> half_close(peer_place at)
{
    std::string const bytes = noise(10'000'000);
    std::vector<shared_link> const links = co_await both_links(at);
    for (shared_link const& link : links) {
        ending const end = co_await connect_and_exchange(link, bytes);
        EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
        EXPECT_TRUE(end.bytes == bytes + "!") << end.bytes.size();
    }
}

task<void> failures_end_alone(peer_place at)
{
    std::vector<shared_link> const links = co_await both_links(at);
    for (shared_link const& link : links) {
        std::vector<error> said;
        kube::pod_tunnel::error_sink const sink = [&said](error const& why) { said.push_back(why); };
        net::byte_stream refused = co_await link->connect(refusing_port, sink);
        ending end = co_await end_of(&refused);
        EXPECT_EQ(end.code, asio::error::connection_refused) << end.code.message();
        EXPECT_EQ(said.size(), 1U);
        // The simulator has nobody on this port either; Go resets behind a byte.
        net::byte_stream broken = co_await link->connect(breaking_port, sink);
        co_await net::write_all(&broken, "x");
        end = co_await end_of(&broken);
        EXPECT_EQ(end.code, asio::error::connection_refused) << end.code.message();
        EXPECT_EQ(said.size(), 2U);
        if (said.size() == 2 && !at.streams) {
            EXPECT_NE(said[1].message().find("broken on purpose"), std::string::npos) << said[1].message();
        }
        ending const good = co_await connect_and_exchange(link, "hello");
        EXPECT_EQ(good.bytes, "hello!");
        EXPECT_TRUE(link->is_open());
    }
}

task<void> resets_from_here(peer_place at)
{
    std::vector<shared_link> const links = co_await both_links(at);
    for (shared_link const& link : links) {
        kube::pod_tunnel::error_sink const untold;
        net::byte_stream stream = co_await link->connect(echo_port, untold);
        co_await net::write_all(&stream, "hello");
        std::string const back = co_await net::read_some(&stream);
        EXPECT_EQ(back, "hello");
        stream.close();
        EXPECT_EQ(link->connections(), 0U);
        ending const good = co_await connect_and_exchange(link, "more");
        EXPECT_EQ(good.bytes, "more!");
    }
}

task<void> many_connections(peer_place at)
{
    std::vector<shared_link> const links = co_await both_links(at);
    for (shared_link const& link : links) {
        for (int i = 0; i < 1000; ++i) {
            ending const end = co_await connect_and_exchange(link, std::to_string(i));
            EXPECT_EQ(end.bytes, std::to_string(i) + "!");
        }
        std::vector<task<ending>> all;
        for (int i = 0; i < 200; ++i)
            all.push_back(connect_and_exchange(link, noise(20000)));
        std::vector<result<ending>> const ends = co_await run_all(std::move(all));
        for (auto const& end : ends)
            EXPECT_EQ(end.value().bytes.size(), 20001U);
        EXPECT_EQ(link->connections(), 0U);
    }
}

// Bytes that follow SYN_STREAM at once, before the peer has answered it.
task<void> early_bytes(peer_place at)
{
    std::vector<shared_link> const links = co_await both_links(at);
    for (shared_link const& link : links)
        for (int i = 0; i < 200; ++i) {
            kube::pod_tunnel::error_sink const untold;
            std::optional<kube::opening_stream> begun = link->begin(echo_port, untold);
            co_await net::write_all(&begun->stream, "early");
            task<void> answer = std::move(begun->answered);
            co_await std::move(answer);
            ending const end = co_await exchange(&begun->stream, " and late");
            EXPECT_EQ(end.bytes, "early and late!");
        }
}

}  // namespace

#define SPDY_PEER(name, body)                                                                                          \
    TEST_P(spdy_peer, name) { test::run_coroutine_test(run_at(GetParam(), &body), std::chrono::seconds(100)); }

SPDY_PEER(exit_codes_arrive, exit_codes)
SPDY_PEER(ten_megabytes_of_input_reach_the_program_to_their_end_and_come_back, input_to_its_end)
SPDY_PEER(both_outputs_arrive_whole, both_channels)
SPDY_PEER(a_session_that_is_aborted_ends_there, an_aborted_session)
SPDY_PEER(ten_megabytes_go_through_a_port_both_ways_and_half_close, half_close)
SPDY_PEER(a_connection_that_fails_ends_alone_with_the_words_of_the_peer, failures_end_alone)
SPDY_PEER(a_connection_that_is_reset_here_ends_there, resets_from_here)
SPDY_PEER(a_thousand_connections_and_two_hundred_at_once_leave_nothing_behind, many_connections)
SPDY_PEER(bytes_may_follow_before_the_peer_has_answered, early_bytes)

INSTANTIATE_TEST_SUITE_P(on, spdy_peer, ::testing::ValuesIn(peers()), ::testing::PrintToStringParamName());
