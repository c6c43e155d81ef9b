#include "unit/kube/forward/running_forwarder.hpp"

#include <boost/asio/error.hpp>

namespace kuberay::kube {
namespace {

using namespace test;
using namespace std::chrono_literals;
using kind = forward_event::kind;

/// What a server in the pod saw of its connections.
struct pod_view {
    pod_view() = default;
    std::vector<ending> ends;
};

/// Says what it has to say, ends its direction, and listens on.
task<void> speak_first(std::shared_ptr<pod_view> view, net::byte_stream connection)
{
    co_await net::write_all(&connection, "bye");
    co_await connection.finish_writing();
    ending end = co_await end_of(&connection);
    view->ends.push_back(std::move(end));
}

/// Sends without end, and reads nothing. Counts what it got rid of.
task<void> send_on(std::shared_ptr<std::size_t> sent, net::byte_stream connection)
{
    std::string const much(65536, 'm');
    for (;;) {
        co_await net::write_all(&connection, much);
        *sent += much.size();
    }
}

/// Waits until nothing moves any more.
task<void> blocked(std::shared_ptr<std::size_t> sent)
{
    std::size_t before = 0;
    while (*sent == 0 || *sent != before) {
        before = *sent;
        co_await sleep_for(200ms);
    }
}

task<void> ignore(std::string, net::byte_stream connection) { ending const end = co_await end_of(&connection); }

KUBERAY_CO_TEST(CarriedConnection, the_pod_may_end_first_and_hears_the_rest)
{
    forward_world in(co_await asio::this_coro::executor);
    auto const view = std::make_shared<pod_view>();
    in.streams.on_port(70, [view](std::string const&, net::byte_stream connection) {
        return speak_first(view, std::move(connection));
    });
    running r(in, quick_options(70));
    net::byte_stream local = co_await r.dial();
    ending end = co_await end_of(&local);
    EXPECT_EQ(end.bytes, "bye");
    EXPECT_EQ(end.code, asio::error::eof);
    EXPECT_TRUE(view->ends.empty());
    end = co_await exchange_on(&local, "and this");
    std::function<bool()> const is_over = [&] { return in.streams.port_connections() == 0; };
    co_await in.server.until(is_over);
    EXPECT_EQ(view->ends.size(), 1U);
    for (auto const& seen : view->ends) {
        EXPECT_EQ(seen.bytes, "and this");
        EXPECT_EQ(seen.code, asio::error::eof);
    }
    co_await r.carries(0);
    EXPECT_EQ(r.count(kind::connection_failed), 0U);
    co_await r.stop();
}

KUBERAY_CO_TEST(CarriedConnection, a_program_that_leaves_takes_the_pods_end_along)
{
    forward_world in(co_await asio::this_coro::executor);
    auto const sent = std::make_shared<std::size_t>(0);
    in.streams.on_port(70, [sent](std::string const&, net::byte_stream connection) {
        return send_on(sent, std::move(connection));
    });
    running r(in, quick_options(70));
    net::byte_stream local = co_await r.dial();
    std::string const some = co_await net::read_some(&local);
    EXPECT_EQ(in.streams.port_connections(), 1U);
    local.close();
    std::function<bool()> const is_over = [&] { return in.streams.port_connections() == 0; };
    co_await in.server.until(is_over);
    co_await r.carries(0);
    EXPECT_EQ(r.count(kind::lost), 0U);
    co_await r.stop();
}

KUBERAY_CO_TEST(CarriedConnection, channels_give_the_whole_answer_to_a_program_that_has_ended_its_side)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, "unknown protocol");
    running r(in, quick_options(90));
    net::byte_stream local = co_await r.dial();
    std::string const much = std::string(300000, 'm') + "\n";
    ending const end = co_await exchange_on(&local, much);
    EXPECT_EQ(end.bytes, "one:" + much);
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
    co_await r.carries(0);
    co_await r.stop();
}

KUBERAY_CO_TEST(CarriedConnection, channels_end_when_the_program_has_left_and_the_pod_is_silent)
{
    forward_world in(co_await asio::this_coro::executor);
    in.streams.on_port(70, &ignore);
    in.refuse_websocket(403, "unknown protocol");
    forward_options options = quick_options(70);
    options.longest_silence = 20ms;
    running r(in, options);
    net::byte_stream idle = co_await r.dial();
    net::byte_stream left = co_await r.dial();
    co_await r.carries(2);
    ending const end = co_await exchange_on(&left, "x");
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
    co_await r.carries(1);
    std::function<bool()> const is_over = [&] { return in.streams.port_connections() == 1; };
    co_await in.server.until(is_over);
    EXPECT_EQ(r.forwarder.connections(), 1U) << "a program that may still send keeps its connection";
    co_await r.stop();
}

KUBERAY_CO_TEST(CarriedConnection, a_channel_that_fails_to_open_fails_once_and_alone)
{
    forward_world in(co_await asio::this_coro::executor);
    in.refuse_websocket(403, "unknown protocol");
    forward_options options = quick_options(90);
    options.connect_limit = 3s;
    running r(in, options);
    co_await r.seen(kind::connected);
    net::byte_stream good = co_await r.dial();
    ending end = co_await ask_on(&good, "x\n");
    EXPECT_EQ(end.bytes, "one:x\n");
    std::size_t const before = in.requests("GET");
    in.server.inject(testing::fault::hang().on("GET", forward_world::path).times(-1));
    net::byte_stream bad = co_await r.dial();
    while (r.count(kind::connection_failed) == 0) {
        in.server.drop_connections();
        co_await sleep_for(5ms);
    }
    forward_event const told = co_await r.seen(kind::connection_failed);
    EXPECT_EQ(told.cause.code(), errc::connection_lost) << told.cause.message();
    end = co_await end_of(&bad);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    EXPECT_LE(in.requests("GET"), before + 3) << "it was tried again and again";
    in.server.clear_faults();
    net::byte_stream next = co_await r.dial();
    end = co_await ask_on(&next, "y\n");
    EXPECT_EQ(end.bytes, "one:y\n");
    co_await r.stop();
}

KUBERAY_CO_TEST(CarriedConnection, a_program_that_does_not_read_leaves_the_others_another_tunnel)
{
    forward_world in(co_await asio::this_coro::executor);
    auto const sent = std::make_shared<std::size_t>(0);
    in.streams.on_port(70, [sent](std::string const&, net::byte_stream connection) {
        return send_on(sent, std::move(connection));
    });
    forward_options options = quick_options(70);
    options.ports.emplace_back(std::uint16_t(0), std::uint16_t(80));
    options.addresses.assign(1, "127.0.0.1");
    std::vector<std::uint16_t> const ports = {70, 80};
    forward_resolver const both = [ports] { return place_of("one", ports); };
    running r(in, options, both);
    co_await r.seen(kind::connected);
    net::byte_stream deaf = co_await r.dial();
    co_await blocked(sent);
    net::byte_stream other = co_await dial_local(r.executor, "127.0.0.1", r.ports.back().port);
    ending const end = co_await exchange_on(&other, "x");
    EXPECT_EQ(end.bytes, "one:x") << end.code.message();
    EXPECT_EQ(r.count(kind::connected), 1U) << "a second tunnel";
    EXPECT_EQ(r.count(kind::lost), 0U);
    co_await r.carries(1);
    std::string const late = co_await net::read_some(&deaf);
    EXPECT_FALSE(late.empty()) << "the deaf one does not go on";
    co_await r.stop();
}

}  // namespace
}  // namespace kuberay::kube
