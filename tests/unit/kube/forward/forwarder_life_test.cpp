#include "unit/kube/forward/running_forwarder.hpp"

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

using namespace test;
using namespace std::chrono_literals;
using kind = forward_event::kind;

KUBERAY_CO_TEST(ForwarderLife, each_change_of_the_tunnel_is_an_event_with_its_cause_and_waits_that_grow)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    options.first_wait = 4ms;
    options.longest_wait = 16ms;
    running r(in, options);
    forward_event told = co_await r.seen(kind::connected);
    EXPECT_EQ(told.pod, "one");
    *r.pod = "";
    in.server.drop_connections();
    while (r.count(kind::retrying) < 5)
        co_await r.changed().wait();
    EXPECT_EQ(r.events().front().what, kind::lost);
    EXPECT_EQ(r.events().front().pod, "one");
    EXPECT_EQ(r.events().front().cause.code(), errc::connection_lost) << r.events().front().cause.message();
    EXPECT_EQ(r.count(kind::lost), 1U);
    EXPECT_EQ(r.count(kind::connected), 0U);
    for (auto const& event : r.events()) {
        if (event.what != kind::retrying) continue;
        EXPECT_EQ(event.cause.code(), reason::unavailable) << event.cause.message();
        EXPECT_GE(event.wait, 4ms);  // the first wait, of at least 2 ms, is the one after the loss
        EXPECT_LE(event.wait, 16ms);
    }
    EXPECT_GE(r.events().back().wait, 8ms);
    r.events().clear();
    *r.pod = "one";
    told = co_await r.seen(kind::connected);
    EXPECT_EQ(told.pod, "one");
    co_await r.stop();
}

KUBERAY_CO_TEST(ForwarderLife, a_pod_that_went_after_it_was_found_is_looked_for_again)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in, quick_options(80), "gone");
    forward_event const told = co_await r.seen(kind::retrying);
    EXPECT_EQ(told.cause.code(), reason::not_found) << told.cause.message();
    EXPECT_EQ(told.pod, "gone");
    *r.pod = "one";
    co_await r.seen(kind::connected);
    co_await r.stop();
}

KUBERAY_CO_TEST(ForwarderLife, ends_with_a_refusal_that_waiting_cannot_heal)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    co_await r.seen(kind::connected);
    testing::fault refusal = testing::fault::status(403, "Forbidden", "no more");
    in.server.inject(std::move(refusal).on("", forward_world::path).times(-1));
    in.server.drop_connections();
    co_await r.until_ended();
    error const why = error_of(*r.ended());
    EXPECT_EQ(why.code(), reason::forbidden) << why.message();
    EXPECT_FALSE(why.hint().empty());
    task<net::byte_stream> late = r.dial();
    result<net::byte_stream> const refused = co_await as_result(std::move(late));
    EXPECT_TRUE(refused.has_error()) << "it still listens";
}

KUBERAY_CO_TEST(ForwarderLife, ends_with_the_failure_of_a_resolver_that_says_it_was_cancelled)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_resolver const cancelled = []() -> task<forward_place> {
        throw failure(asio::error::operation_aborted, "asking");
        co_return forward_place();
    };
    running r(in, quick_options(80), cancelled);
    co_await r.until_ended();
    EXPECT_EQ(error_of(*r.ended()).code(), asio::error::operation_aborted);
}

KUBERAY_CO_TEST(ForwarderLife, tries_again_after_a_resolver_that_fails_before_it_is_a_task)
{
    forward_world in(co_await asio::this_coro::executor);
    auto const asked = std::make_shared<int>(0);
    forward_resolver const throws_once = [asked] {
        if (++*asked == 1) throw failure(reason::unavailable, "not yet");
        return place_of("one", std::vector<std::uint16_t>(1, 80));
    };
    running r(in, quick_options(80), throws_once);
    co_await r.seen(kind::connected);
    EXPECT_EQ(*asked, 2);
    co_await r.stop();
    EXPECT_TRUE(r.ended()->has_value());
}

KUBERAY_CO_TEST(ForwarderLife, a_place_without_the_ports_is_a_fault_of_the_caller)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    options.ports.emplace_back(std::uint16_t(0), std::uint16_t(90));
    running r(in, options);
    co_await r.until_ended();
    EXPECT_EQ(error_of(*r.ended()).code(), errc::bad_input);
}

KUBERAY_CO_TEST(ForwarderLife, several_mappings_lead_to_their_own_ports)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    options.ports.emplace_back(std::uint16_t(0), std::uint16_t(90));
    options.addresses.assign(1, "127.0.0.1");
    std::vector<std::uint16_t> const ports = {80, 90};
    forward_resolver const both = [ports] { return place_of("one", ports); };
    running r(in, options, both);
    EXPECT_EQ(r.ports.size(), 2U);
    EXPECT_EQ(r.ports.back().remote, 90);
    net::byte_stream line = co_await dial_local(r.executor, "127.0.0.1", r.ports.back().port);
    ending const end = co_await ask_on(&line, "x\n");
    EXPECT_EQ(end.bytes, "one:x\n");
    co_await r.stop();
}

KUBERAY_CO_TEST(ForwarderLife, runs_once_and_not_at_all_after_it_was_stopped)
{
    forward_world in(co_await asio::this_coro::executor);
    running r(in);
    task<void> again = r.forwarder.run();
    result<void> const refused = co_await as_result(std::move(again));
    EXPECT_EQ(error_of(refused).code(), errc::bad_input);
    co_await r.stop();

    forward_options options = quick_options(80);
    options.ports.front().local = r.ports.front().port;
    options.ports.front().remote = 80;
    port_forwarder stopped(in.client, running::to(r.pod, 80), options);
    stopped.stop();
    co_await stopped.run();
    port_forwarder next(in.client, running::to(r.pod, 80), options);
    EXPECT_NO_THROW(next.listen()) << "the stopped one listens";
}

KUBERAY_CO_TEST(ForwarderLife, connections_beyond_the_limit_wait_for_one_that_ends)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    options.max_connections = 1;
    running r(in, options);
    net::byte_stream first = co_await r.dial();
    co_await r.carries(1);
    std::vector<net::byte_stream> waiting;
    for (local_port const& port : r.ports) {
        net::byte_stream one = co_await dial_local(r.executor, port.address, port.port);
        waiting.push_back(std::move(one));
    }
    ending end = co_await exchange_on(&first, "first");
    EXPECT_EQ(end.bytes, "one:first");
    EXPECT_LE(r.forwarder.connections(), 1U);
    std::vector<task<ending>> exchanges;
    for (auto& one : waiting)
        exchanges.push_back(exchange_on(&one, "next"));
    std::vector<result<ending>> const ends = co_await run_all(std::move(exchanges));
    for (auto const& one : ends)
        EXPECT_EQ(one->bytes, "one:next");
    co_await r.stop();
}

KUBERAY_CO_TEST(ForwarderLife, a_connection_waits_for_a_tunnel_so_long_and_is_then_told_of)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    options.connect_limit = 50ms;
    running r(in, options, "");
    net::byte_stream local = co_await r.dial();
    ending const end = co_await end_of(&local);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    forward_event const told = co_await r.seen(kind::connection_failed);
    EXPECT_EQ(told.cause.code(), errc::timed_out) << told.cause.message();
    co_await r.stop();
}

KUBERAY_CO_TEST(ForwarderLife, stopping_from_an_event_ends_it)
{
    forward_world in(co_await asio::this_coro::executor);
    forward_options options = quick_options(80);
    auto const itself = std::make_shared<port_forwarder*>(nullptr);
    options.on_event = [itself](forward_event const&) {
        if (*itself) (*itself)->stop();
    };
    auto const pod = std::make_shared<std::string>("one");
    port_forwarder forwarder(in.client, running::to(pod, 80), options);
    *itself = &forwarder;
    co_await forwarder.run();
    EXPECT_EQ(forwarder.connections(), 0U);
}

}  // namespace
}  // namespace kuberay::kube
