#include "kube/forwarder_state.hpp"
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
    std::function<bool()> const is_asked = [&] { return in.requests("GET") > before; };
    co_await in.server.until(is_asked);
    in.server.drop_connections();
    forward_event const told = co_await r.seen(kind::connection_failed);
    EXPECT_EQ(told.cause.code(), errc::connection_lost) << told.cause.message();
    end = co_await end_of(&bad);
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    EXPECT_EQ(in.requests("GET"), before + 1) << "it was tried again";
    in.server.clear_faults();
    net::byte_stream next = co_await r.dial();
    end = co_await ask_on(&next, "y\n");
    EXPECT_EQ(end.bytes, "one:y\n");
    co_await r.stop();
}

/// A forwarder of the remote ports 70 and 80 without local ones: a test is the local program, in memory.
struct forwarder_in_memory {
    explicit forwarder_in_memory(forward_world& in)
        : on(std::make_shared<forwarder>(in.client, &to_both_ports, options_of(events)))
    {
        on->tasks.start(keep_tunnel(on));
    }

    forwarder_in_memory(forwarder_in_memory const&) = delete;
    forwarder_in_memory& operator=(forwarder_in_memory const&) = delete;
    ~forwarder_in_memory() { on->stop(); }

    static task<forward_place> to_both_ports() { return place_of("one", {70, 80}); }

    static forward_options options_of(std::shared_ptr<std::vector<forward_event>> into)
    {
        forward_options options = quick_options(70);
        options.ports.emplace_back(std::uint16_t(0), std::uint16_t(80));
        options.on_event = [into](forward_event const& event) { into->push_back(event); };
        return options;
    }

    net::byte_stream dial(std::size_t mapping)
    {
        auto ends = net::make_stream_pair(on->on.get_executor());
        net::accepted_connection local;
        local.stream = std::move(ends.second);
        local.reset = [] {};
        carry(std::make_shared<carried_connection>(on, std::move(local)), mapping);
        return std::move(ends.first);
    }

    std::size_t count(kind what) const
    {
        auto const is_it = [what](forward_event const& event) { return event.what == what; };
        return static_cast<std::size_t>(std::count_if(events->begin(), events->end(), is_it));
    }

    std::shared_ptr<std::vector<forward_event>> const events = std::make_shared<std::vector<forward_event>>();
    shared_forwarder on;
};

template <class T>
T outcome_of(asio::io_context& io, task<T> op)
{
    std::optional<result<T>> ended;
    async_run(io.get_executor(), with_timeout(30s, std::move(op)), [&](result<T> r) { ended.emplace(std::move(r)); });
    while (!ended)
        io.run_one();
    return std::move(*ended).value();
}

TEST(CarriedConnection, a_program_that_does_not_read_leaves_the_others_another_tunnel)
{
    asio::io_context io(1);
    forward_world in(io.get_executor(), forward_world::connected_by::memory);
    auto const sent = std::make_shared<std::size_t>(0);
    in.streams.on_port(70, [sent](std::string const&, net::byte_stream connection) {
        return send_on(sent, std::move(connection));
    });
    forwarder_in_memory forwarding(in);
    net::byte_stream deaf = forwarding.dial(0);
    // All is in memory and on this thread: nothing moves any more when nothing is ready to run.
    while (io.poll() > 0) {}
    EXPECT_GT(*sent, 0U);
    EXPECT_EQ(forwarding.count(kind::connected), 1U);
    net::byte_stream other = forwarding.dial(1);
    ending const end = outcome_of(io, exchange_on(&other, "x"));
    EXPECT_EQ(end.bytes, "one:x") << end.code.message();
    EXPECT_EQ(forwarding.count(kind::connected), 2U) << "a second tunnel";
    EXPECT_EQ(forwarding.count(kind::lost), 0U);
    std::size_t const before = *sent;
    std::string late;
    while (late.size() <= before)
        late += outcome_of(io, net::read_some(&deaf));
    EXPECT_GT(*sent, before) << "the deaf one goes on";
    forwarding.on->stop();
    while (forwarding.on->tasks.running() > 0 || in.streams.port_connections() + in.streams.sessions() > 0)
        io.run_one();
}

}  // namespace
}  // namespace kuberay::kube
