#include "unit/kube/forward/forward_world.hpp"

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

using namespace test;

KUBERAY_CO_TEST(PodTunnel, carries_connections_that_half_close_and_a_refused_one_ends_alone)
{
    forward_world in(co_await asio::this_coro::executor);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::websocket_spdy);
    std::vector<error> said;
    pod_tunnel::error_sink const sink = [&said](error const& why) { said.push_back(why); };
    {
        net::byte_stream refused = co_await tunnel.connect(81, sink);
        ending const end = co_await end_of(&refused);
        EXPECT_EQ(end.code, asio::error::connection_refused);
    }
    EXPECT_EQ(said.size(), 1U);
    std::string const words = said.empty() ? std::string() : said[0].message();
    EXPECT_NE(words.find("port 81 of pod \"one\""), std::string::npos) << words;
    {
        net::byte_stream good = co_await tunnel.connect(80, sink);
        ending const end = co_await exchange_on(&good, "hello");
        EXPECT_EQ(end.bytes, "one:hello");
        EXPECT_EQ(end.code, asio::error::eof);
    }
    EXPECT_TRUE(tunnel.is_open());
    EXPECT_EQ(said.size(), 1U);
    EXPECT_EQ(tunnel.connections(), 0U);
}

KUBERAY_CO_TEST(PodTunnel, falls_back_to_spdy_for_a_role_with_only_create)
{
    forward_world in(co_await asio::this_coro::executor);
    stream_fault fault;
    fault.what = stream_fault::kind::websocket_forbidden;
    in.streams.inject(fault);
    pod_tunnel const tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    EXPECT_EQ(tunnel.protocol(), tunnel_protocol::spdy);
    pod_tunnel::error_sink const nobody;
    net::byte_stream good = co_await tunnel.connect(80, nobody);
    ending const end = co_await exchange_on(&good, "hello");
    EXPECT_EQ(end.bytes, "one:hello");
}

KUBERAY_CO_TEST(PodTunnel, says_which_pod_does_not_exist)
{
    forward_world in(co_await asio::this_coro::executor);
    task<pod_tunnel> opening = pod_tunnel::open(in.client, "default", "nobody");
    result<pod_tunnel> const opened = co_await as_result(std::move(opening));
    EXPECT_EQ(error_of(opened).code(), reason::not_found) << error_of(opened).message();
}

task<void> a_thousand_connections()
{
    forward_world in(co_await asio::this_coro::executor);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    pod_tunnel::error_sink const nobody;
    for (int i = 0; i < 1000; ++i) {
        net::byte_stream one = co_await tunnel.connect(80, nobody);
        ending const end = co_await exchange_on(&one, "x");
        if (end.bytes != "one:x") ADD_FAILURE() << "connection " << i << ": " << end.bytes << end.code.message();
    }
    EXPECT_EQ(tunnel.connections(), 0U);
}

TEST(PodTunnel, counts_back_to_zero_after_1000_connections)
{
    run_coroutine_test(a_thousand_connections(), std::chrono::seconds(120));
}

KUBERAY_CO_TEST(PodTunnel, carries_200_connections_at_once)
{
    forward_world in(co_await asio::this_coro::executor);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    pod_tunnel::error_sink const nobody;
    std::vector<net::byte_stream> many;
    for (int i = 0; i < 200; ++i) {
        net::byte_stream one = co_await tunnel.connect(80, nobody);
        many.push_back(std::move(one));
    }
    EXPECT_EQ(tunnel.connections(), 200U);
    std::vector<task<ending>> exchanges;
    for (auto& one : many)
        exchanges.push_back(exchange_on(&one, "y"));
    std::vector<result<ending>> const ends = co_await run_all(std::move(exchanges), 200);
    for (auto const& end : ends)
        EXPECT_EQ(end->bytes, "one:y");
    many.clear();
    EXPECT_EQ(tunnel.connections(), 0U);
}

KUBERAY_CO_TEST(PodTunnel, an_ended_tunnel_cuts_its_connections_and_refuses_new_ones)
{
    forward_world in(co_await asio::this_coro::executor);
    pod_tunnel tunnel = co_await pod_tunnel::open(in.client, "default", "one");
    pod_tunnel::error_sink const nobody;
    net::byte_stream idle = co_await tunnel.connect(80, nobody);
    stream_fault fault;
    fault.what = stream_fault::kind::forward_cut;
    fault.after_bytes = 3;
    in.streams.inject(fault);
    net::byte_stream cut = co_await tunnel.connect(80, nobody);
    ending end = co_await exchange_on(&cut, "hello");
    EXPECT_EQ(end.bytes, "one");
    EXPECT_EQ(end.code, asio::error::connection_aborted) << end.code.message();
    end = co_await end_of(&idle);
    EXPECT_EQ(end.code, asio::error::connection_aborted) << end.code.message();
    error const why = co_await tunnel.ended();
    EXPECT_EQ(why.code(), errc::connection_lost);
    EXPECT_NE(why.message().find("pod \"one\""), std::string::npos) << why.message();
    EXPECT_EQ(tunnel.connections(), 0U);
    task<net::byte_stream> late = tunnel.connect(80, nobody);
    result<net::byte_stream> const refused = co_await as_result(std::move(late));
    EXPECT_EQ(error_of(refused).code(), errc::connection_lost);
}

}  // namespace
}  // namespace kuberay::kube
