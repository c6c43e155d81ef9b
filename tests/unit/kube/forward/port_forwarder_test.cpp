#include "unit/kube/forward/forward_world.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>

namespace kuberay::kube {
namespace {

using namespace test;
using namespace std::chrono_literals;
using kind = forward_event::kind;

/// A forwarder that runs beside the test.
struct running {
    running(forward_world& in, std::vector<port_mapping> ports)
        : executor(in.client.get_executor())
        , changed(executor)
        , pod(std::make_shared<std::string>("one"))
        , forwarder(in.client, resolver(pod), options_for(std::move(ports)))
        , ports(forwarder.listen())
    {
        auto const done = [this](result<void> outcome) {
            ended = std::move(outcome);
            changed.notify_all();
        };
        async_run(executor, forwarder.run(), asio::bind_cancellation_slot(signal.slot(), done));
    }

    static task<forward_place> place_of(std::string pod)
    {
        forward_place place;
        place.ns = "default";
        place.pod = std::move(pod);
        place.ports.assign(8, 80);
        if (place.pod.empty()) throw failure(reason::unavailable, "no pod yet");
        if (place.pod == "deleted") throw failure(reason::not_found, "the cluster is gone");
        co_return place;
    }

    static forward_resolver resolver(std::shared_ptr<std::string> pod)
    {
        return [pod] { return place_of(*pod); };
    }

    forward_options options_for(std::vector<port_mapping> wanted)
    {
        forward_options options;
        options.ports = std::move(wanted);
        options.first_wait = 1ms;
        options.longest_wait = 10ms;
        options.on_event = [this](forward_event const& event) {
            events.push_back(event);
            changed.notify_all();
        };
        return options;
    }

    task<void> seen(kind what)
    {
        while (std::none_of(events.begin(), events.end(), [&](auto const& e) { return e.what == what; }))
            co_await changed.wait();
        events.clear();
    }

    task<void> until_ended()
    {
        while (!ended)
            co_await changed.wait();
    }

    task<net::byte_stream> dial() { return dial_local(executor, "127.0.0.1", ports.front().port); }

    asio::any_io_executor executor;
    kuberay::condition changed;
    std::vector<forward_event> events;
    std::shared_ptr<std::string> pod;
    port_forwarder forwarder;
    std::vector<local_port> ports;
    asio::cancellation_signal signal;
    std::optional<result<void>> ended;
};

std::vector<port_mapping> any_port(std::uint16_t remote)
{
    return std::vector<port_mapping>(1, port_mapping(0, remote));
}

KUBERAY_CO_TEST(PortForwarder, listens_on_both_loopback_addresses_with_one_port_and_half_closes)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
    for (local_port const& port : r.ports) {
        EXPECT_EQ(port.port, r.ports.front().port);
        net::byte_stream local = co_await dial_local(r.executor, port.address, port.port);
        std::string const much(300000, 'm');
        ending const end = co_await exchange_on(&local, much);
        EXPECT_EQ(end.bytes, "one:" + much) << port.address;
        EXPECT_EQ(end.code, asio::error::eof);
    }
    r.forwarder.stop();
    co_await r.until_ended();
    EXPECT_TRUE(r.ended->has_value());
    task<net::byte_stream> late = r.dial();
    result<net::byte_stream> const refused = co_await as_result(std::move(late));
    EXPECT_TRUE(refused.has_error());
}

KUBERAY_CO_TEST(PortForwarder, a_refused_connection_is_reset_and_the_next_one_works)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
    stream_fault fault;
    fault.what = stream_fault::kind::forward_refuse;
    in.streams.inject(fault);
    net::byte_stream first = co_await r.dial();
    ending const end = co_await end_of(&first);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    co_await r.seen(kind::connection_failed);
    net::byte_stream second = co_await r.dial();
    ending const good = co_await exchange_on(&second, "x");
    EXPECT_EQ(good.bytes, "one:x");
    r.forwarder.stop();
    co_await r.until_ended();
}

KUBERAY_CO_TEST(PortForwarder, a_cut_tunnel_resets_its_connections_and_is_opened_again)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
    co_await r.seen(kind::connected);
    net::byte_stream cut = co_await r.dial();
    while (in.streams.port_connections() == 0)
        co_await sleep_for(1ms);
    in.server.drop_connections();
    ending const end = co_await end_of(&cut);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    net::byte_stream next = co_await r.dial();
    ending const good = co_await exchange_on(&next, "x");
    EXPECT_EQ(good.bytes, "one:x");
    r.forwarder.stop();
    co_await r.until_ended();
}

KUBERAY_CO_TEST(PortForwarder, follows_to_the_new_pod_and_lets_connections_wait_for_it)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
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
    EXPECT_EQ(error_of(*r.ended).code(), reason::not_found);
}

KUBERAY_CO_TEST(PortForwarder, says_which_port_is_taken_or_takes_another)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
    forward_options options;
    options.ports.emplace_back(r.ports.front().port, std::uint16_t(80));
    port_forwarder second(in.client, running::resolver(r.pod), options);
    try {
        second.listen();
        ADD_FAILURE() << "one port is listened on twice";
    } catch (failure const& failed) {
        EXPECT_EQ(failed.error().code(), asio::error::address_in_use);
        EXPECT_NE(failed.error().message().find("127.0.0.1:" + std::to_string(r.ports.front().port)), std::string::npos)
            << failed.error().message();
    }
    options.ports.front().any_if_taken = true;
    port_forwarder third(in.client, running::resolver(r.pod), options);
    std::vector<local_port> const moved = third.listen();
    EXPECT_NE(moved.front().port, r.ports.front().port);
    EXPECT_EQ(moved.front().wanted, r.ports.front().port);
    options.addresses.front() = "example.org";
    port_forwarder fourth(in.client, running::resolver(r.pod), options);
    EXPECT_THROW(fourth.listen(), failure);
    r.forwarder.stop();
    co_await r.until_ended();
}

KUBERAY_CO_TEST(PortForwarder, cancellation_closes_ports_connections_and_tunnel_before_it_returns)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, any_port(80));
    net::byte_stream local = co_await r.dial();
    while (r.forwarder.connections() == 0)
        co_await sleep_for(1ms);
    r.signal.emit(asio::cancellation_type::terminal);
    co_await r.until_ended();
    EXPECT_EQ(r.forwarder.connections(), 0U);
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
}

}  // namespace
}  // namespace kuberay::kube
