#include "unit/kube/forward/running_forwarder.hpp"

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

using namespace test;
using namespace std::chrono_literals;
using kind = forward_event::kind;

KUBERAY_CO_TEST(PortForwarder, listens_on_both_loopback_addresses_with_one_port_and_half_closes)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    for (local_port const& port : r.ports) {
        EXPECT_EQ(port.port, r.ports.front().port);
        net::byte_stream local = co_await dial_local(r.executor, port.address, port.port);
        std::string const much(300000, 'm');
        ending const end = co_await exchange_on(&local, much);
        EXPECT_EQ(end.bytes, "one:" + much) << port.address;
        EXPECT_EQ(end.code, asio::error::eof);
    }
    co_await r.stop();
    EXPECT_TRUE(r.ended()->has_value());
    EXPECT_EQ(r.count(kind::lost), 0U) << "nothing was lost";
    task<net::byte_stream> late = r.dial();
    result<net::byte_stream> const refused = co_await as_result(std::move(late));
    EXPECT_TRUE(refused.has_error());
}

KUBERAY_CO_TEST(PortForwarder, a_refused_connection_is_reset_and_the_next_one_works)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    stream_fault fault;
    fault.what = stream_fault::kind::forward_refuse;
    in.streams.inject(fault);
    net::byte_stream first = co_await r.dial();
    ending const end = co_await end_of(&first);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    forward_event const told = co_await r.seen(kind::connection_failed);
    EXPECT_EQ(told.remote, 80);
    EXPECT_EQ(told.pod, "one");
    EXPECT_EQ(told.cause.code(), asio::error::connection_refused) << told.cause.message();
    net::byte_stream second = co_await r.dial();
    ending const good = co_await exchange_on(&second, "x");
    EXPECT_EQ(good.bytes, "one:x");
    co_await r.stop();
}

KUBERAY_CO_TEST(PortForwarder, a_cut_tunnel_resets_its_connections_and_is_opened_again)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    co_await r.seen(kind::connected);
    net::byte_stream cut = co_await r.dial();
    std::function<bool()> const is_there = [&] { return in.streams.port_connections() > 0; };
    co_await in.server.until(is_there);
    in.server.drop_connections();
    ending const end = co_await end_of(&cut);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    net::byte_stream next = co_await r.dial();
    ending const good = co_await exchange_on(&next, "x");
    EXPECT_EQ(good.bytes, "one:x");
    co_await r.stop();
}

KUBERAY_CO_TEST(PortForwarder, follows_to_the_new_pod_and_lets_connections_wait_for_it)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    co_await r.seen(kind::connected);
    *r.pod = "";
    in.server.remove("pods", "default", "one");
    co_await r.seen(kind::retrying);
    net::byte_stream waiting = co_await r.dial();
    in.server.put_yaml(pod_yaml("new", "app: x", ready));
    *r.pod = "new";
    ending const good = co_await exchange_on(&waiting, "x");
    EXPECT_EQ(good.bytes, "new:x");
    *r.pod = "deleted";
    in.server.remove("pods", "default", "new");
    co_await r.until_ended();
    EXPECT_EQ(error_of(*r.ended()).code(), reason::not_found);
}

KUBERAY_CO_TEST(PortForwarder, cancellation_closes_ports_connections_and_tunnel_before_it_returns)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    net::byte_stream local = co_await r.dial();
    co_await r.carries(1);
    r.signal.emit(asio::cancellation_type::terminal);
    co_await r.until_ended();
    EXPECT_EQ(r.forwarder.connections(), 0U);
    EXPECT_EQ(r.count(kind::lost), 0U) << "nothing was lost";
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
}

}  // namespace
}  // namespace kuberay::kube
