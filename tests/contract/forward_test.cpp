#include "exchange.hpp"
#include "kube/tunnel_link.hpp"
#include "net/listener.hpp"
#include "pod_place.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/kube/port_forwarder.hpp>
#include <kuberay/net/dialer.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>

using namespace kuberay;
using namespace std::chrono_literals;
using kuberay::contract::echo;
using kuberay::contract::end_of;
using kuberay::contract::ending;
using kuberay::contract::exchange;
using kuberay::contract::pod_place;
using kuberay::contract::refused;

namespace {

task<void> echo_all(net::tcp_listener listener, asio::any_io_executor executor)
{
    for (;;) {
        net::accepted_connection accepted = co_await listener.accept();
        async_run(executor, echo(std::move(accepted.stream)), [](result<void> const&) {});
    }
}

/// Listens where the ports of the pod lead to. Sends back what it gets, and then a "!".
class echo_port {
public:
    explicit echo_port(pod_place& at)
        : listener_(at.client().get_executor(), at.port_address(), 0)
    {
        at.open_port(number());
        auto const executor = at.client().get_executor();
        async_run(executor, echo_all(listener_, executor), [](result<void> const&) {});
    }

    echo_port(echo_port const&) = delete;
    echo_port& operator=(echo_port const&) = delete;
    ~echo_port() { listener_.close(); }

    std::uint16_t number() const noexcept { return listener_.port(); }

private:
    net::tcp_listener listener_;
};

/// There and back, where nobody can be told that it was all.
task<std::string> round_trip(net::byte_stream* stream, std::string bytes)
{
    std::size_t const size = bytes.size();
    co_await net::write_all(stream, std::move(bytes));
    std::string back;
    while (back.size() < size) {
        std::string const some = co_await net::read_some(stream);
        if (some.empty()) break;
        back += some;
    }
    co_return back;
}

using shared_link = std::shared_ptr<kube::tunnel_link>;

/// A way into the pod by each protocol.
task<std::vector<shared_link>> all_links(pod_place at)
{
    std::string const path = kube::port_forward_path(at.ns(), at.name());
    std::vector<shared_link> links;
    shared_link link = co_await kube::open_link(at.client(), at.ns(), at.name());
    links.push_back(link);
    link = co_await kube::open_spdy_link(at.client(), path, at.name());
    links.push_back(link);
    links.push_back(kube::make_channel_link(at.client(), path, at.name()));
    co_return links;
}

task<net::byte_stream> dial_local(asio::any_io_executor executor, std::uint16_t port)
{
    net::connect_options where;
    where.server.scheme = "http";
    where.server.host = "127.0.0.1";
    where.server.port = port;
    return net::dial(std::move(executor), where);
}

/// A forwarder to the pod for as long as it exists, beside the test.
struct running {
    running(pod_place const& at, std::uint16_t port)
        : changed(at.client().get_executor())
        , forwarder(at.client(), to(at, port), options_for(port))
        , local(forwarder.listen().front().port)
    {
        async_run(at.client().get_executor(), forwarder.run(), [this](result<void> outcome) {
            ended = std::move(outcome);
            changed.notify_all();
        });
    }

    running(running const&) = delete;
    running& operator=(running const&) = delete;

    static task<kube::forward_place> find(pod_place at, std::uint16_t port)
    {
        kube::api<kube::object> const pods = at.pods();
        kube::object const found = co_await pods.get(at.name());
        kube::forward_place place;
        place.ns = at.ns();
        place.pod = found.metadata.name;
        place.ports.assign(1, port);
        co_return place;
    }

    static kube::forward_resolver to(pod_place const& at, std::uint16_t port)
    {
        return [at, port] { return find(at, port); };
    }

    kube::forward_options options_for(std::uint16_t port)
    {
        kube::forward_options options;
        options.ports.emplace_back(std::uint16_t(0), port);
        options.addresses.assign(1, "127.0.0.1");
        options.first_wait = 10ms;
        options.on_event = [this](kube::forward_event const& event) {
            events.push_back(event.what);
            changed.notify_all();
        };
        return options;
    }

    task<void> seen(std::vector<kube::forward_event::kind> wanted)
    {
        while (events.size() < wanted.size() && !ended)
            co_await changed.wait();
        EXPECT_EQ(events, wanted);
    }

    condition changed;
    std::vector<kube::forward_event::kind> events;
    kube::port_forwarder forwarder;
    std::uint16_t local = 0;
    std::optional<result<void>> ended;
};

}  // namespace

KUBERAY_POD_CONTRACT(a_port_is_reached_over_every_protocol_and_half_closes_where_it_can)
{
    co_await at.create();
    co_await at.run();
    echo_port const port(at);
    std::vector<shared_link> const links = co_await all_links(at);
    EXPECT_EQ(links.front()->protocol(), kube::tunnel_protocol::websocket_spdy);
    for (shared_link const& link : links) {
        int const protocol = static_cast<int>(link->protocol());
        net::byte_stream stream = co_await link->connect(port.number(), kube::pod_tunnel::error_sink());
        EXPECT_EQ(link->connections(), 1U) << protocol;
        std::string const back = co_await round_trip(&stream, "hello");
        EXPECT_EQ(back, "hello") << protocol;
        if (link->protocol() != kube::tunnel_protocol::websocket_v4) {
            ending const end = co_await exchange(&stream, "more");
            EXPECT_EQ(end.bytes, "more!") << protocol;
            EXPECT_EQ(end.code, asio::error::eof) << protocol << end.code.message();
        }
        stream = net::byte_stream();
        EXPECT_EQ(link->connections(), 0U) << protocol;
    }
}

KUBERAY_POD_CONTRACT(a_port_that_nobody_listens_on_ends_its_connection_only)
{
    co_await at.create();
    co_await at.run();
    echo_port const port(at);
    net::tcp_listener taken(at.client().get_executor(), at.port_address(), 0);
    std::uint16_t const nobody = taken.port();
    taken.close();
    std::vector<shared_link> const links = co_await all_links(at);
    for (shared_link const& link : links) {
        int const protocol = static_cast<int>(link->protocol());
        std::vector<error> said;
        kube::pod_tunnel::error_sink const sink = [&said](error const& why) { said.push_back(why); };
        net::byte_stream bad = co_await link->connect(nobody, sink);
        ending const end = co_await end_of(&bad);
        EXPECT_EQ(end.code, asio::error::connection_refused) << protocol << end.code.message();
        EXPECT_EQ(said.size(), 1U) << protocol;
        for (error const& why : said)
            EXPECT_NE(why.message().find("refused"), std::string::npos) << protocol << why.message();
        net::byte_stream good = co_await link->connect(port.number(), sink);
        std::string const back = co_await round_trip(&good, "hello");
        EXPECT_EQ(back, "hello") << protocol;
        EXPECT_TRUE(link->is_open()) << protocol;
    }
}

KUBERAY_POD_CONTRACT(ten_megabytes_go_through_a_tunnel_both_ways_at_once)
{
    co_await at.create();
    co_await at.run();
    echo_port const port(at);
    std::string bytes(10'000'000, '\0');
    std::uint32_t state = 7;
    for (char& byte : bytes)
        byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
    net::byte_stream stream = co_await kube::dial_pod(at.client(), at.ns(), at.name(), port.number());
    ending const end = co_await exchange(&stream, bytes);
    EXPECT_EQ(end.code, asio::error::eof) << end.code.message();
    EXPECT_TRUE(end.bytes == bytes + "!") << end.bytes.size();
}

KUBERAY_POD_CONTRACT(no_pod_has_no_ports)
{
    task<net::byte_stream> dialling = kube::dial_pod(at.client(), at.ns(), "no-such-pod", 80);
    result<net::byte_stream> const dialled = co_await as_result(std::move(dialling));
    EXPECT_EQ(refused(dialled).code(), reason::not_found) << refused(dialled).message();
}

KUBERAY_POD_CONTRACT(a_port_of_a_service_leads_to_a_pod_of_its_selector)
{
    co_await at.create();
    co_await at.run();
    echo_port const port(at);
    json::value text = parse_json(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "way"},
        "spec": {"selector": {"app": ""}, "ports": [{"port": 80, "targetPort": 0}]}})")
                           .value();
    json::object& spec = text.as_object()["spec"].as_object();
    spec["selector"].as_object()["app"] = at.name();
    spec["ports"].as_array()[0].as_object()["targetPort"] = port.number();
    kube::resource_type const type("", "v1", "Service", "services");
    kube::api<kube::object> const services = kube::api<kube::object>::in_ns(at.client(), type, at.ns());
    kube::object const wanted(text.as_object());
    kube::object const made = co_await services.create(wanted);
    net::byte_stream stream = co_await kube::dial_service(at.client(), at.ns(), "way", 80);
    ending const end = co_await exchange(&stream, "hello");
    EXPECT_EQ(end.bytes, "hello!");
    task<kube::pod_port> asking = kube::resolve_service_port(at.client(), at.ns(), "way", 81);
    result<kube::pod_port> const other = co_await as_result(std::move(asking));
    EXPECT_EQ(refused(other).code(), errc::bad_input) << refused(other).message();
}

KUBERAY_POD_CONTRACT(a_forwarder_comes_back_after_a_cut_and_ends_with_its_pod)
{
    using kind = kube::forward_event::kind;
    co_await at.create();
    co_await at.run();
    echo_port const port(at);
    running r(at, port.number());
    asio::any_io_executor const executor = at.client().get_executor();
    net::byte_stream local = co_await dial_local(executor, r.local);
    ending end = co_await exchange(&local, "hello");
    EXPECT_EQ(end.bytes, "hello!");
    at.cut_forward(3);
    local = co_await dial_local(executor, r.local);
    end = co_await exchange(&local, "hello");
    EXPECT_EQ(end.bytes, "hel");
    EXPECT_EQ(end.code, asio::error::connection_reset) << end.code.message();
    local = co_await dial_local(executor, r.local);
    end = co_await exchange(&local, "again");
    EXPECT_EQ(end.bytes, "again!");
    std::vector<kind> const wanted = {kind::connected, kind::lost, kind::connected};
    co_await r.seen(wanted);
    co_await at.remove();
    while (!r.ended)
        co_await r.changed.wait();
    EXPECT_EQ(refused(*r.ended).code(), reason::not_found) << refused(*r.ended).message();
}
