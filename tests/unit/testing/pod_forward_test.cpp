#include "net/spdy_connection.hpp"
#include "net/websocket_tunnel.hpp"
#include "pod_world.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <utility>

using namespace kuberay;
using namespace kuberay::test;
using kuberay::testing::stream_fault;

namespace {

net::http_request post_of(std::string const& target, std::string const& protocol)
{
    net::http_request request("POST", "/api/v1/namespaces/default/pods/" + target);
    request.fields.set("Upgrade", "SPDY/3.1");
    request.fields.set("X-Stream-Protocol-Version", protocol);
    return request;
}

task<net::spdy_connection> spdy_of(kube::client client, std::string target, std::string protocol)
{
    net::upgrade_result answer = co_await client.upgrade(post_of(target, protocol));
    co_return net::spdy_connection(std::move(answer.stream), net::spdy_role::client);
}

task<net::spdy_connection> tunnel_of(kube::client client)
{
    net::websocket socket = co_await open_exec(client, "one/portforward", "SPDY/3.1+portforward.k8s.io");
    co_return net::spdy_connection(net::make_websocket_tunnel(std::move(socket)), net::spdy_role::client);
}

net::spdy_headers headers_of(std::string const& type, std::string const& port, std::string const& request)
{
    net::spdy_headers headers;
    headers.emplace_back("streamtype", type);
    if (!port.empty()) headers.emplace_back("port", port);
    if (!request.empty()) headers.emplace_back("requestid", request);
    return headers;
}

task<std::string> rest_of(net::byte_stream* stream)
{
    std::string all;
    for (;;) {
        std::string const bytes = co_await net::read_some(stream);
        if (bytes.empty()) co_return all;
        all += bytes;
    }
}

task<void> keep_rest(net::byte_stream* stream, std::string* into) { *into = co_await rest_of(stream); }

task<void> write_whole(net::byte_stream* stream, std::string bytes)
{
    co_await net::write_all(stream, std::move(bytes));
    co_await stream->finish_writing();
}

/// Answers what came when its end came.
task<void> echo_at_the_end(std::string pod, net::byte_stream connection)
{
    std::string const all = co_await rest_of(&connection);
    co_await net::write_all(&connection, pod + ":" + all);
    co_await connection.finish_writing();
}

task<void> send_much(std::string, net::byte_stream connection)
{
    std::string const much(8 << 20, 'm');
    co_await net::write_all(&connection, much);
    co_await connection.finish_writing();
}

task<void> read_never(std::string, net::byte_stream connection)
{
    condition nothing(connection.get_executor());
    co_await nothing.wait();
}

struct port_link {
    net::byte_stream error, data;
};

task<port_link> connect_port(net::spdy_connection over, std::string port, std::string request)
{
    port_link made;
    made.error = co_await over.open(headers_of("error", port, request), true);
    made.data = co_await over.open(headers_of("data", port, request));
    co_return made;
}

}  // namespace

KUBERAY_CO_TEST(pod_forward, connections_half_close_and_a_refused_port_harms_nobody)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_port(80, &echo_at_the_end);
    for (bool const tunnelled : {true, false}) {
        net::spdy_connection over;
        if (tunnelled)
            over = co_await tunnel_of(in.client);
        else
            over = co_await spdy_of(in.client, "one/portforward", "portforward.k8s.io");
        port_link refused = co_await connect_port(over, "81", "0");
        std::string const why = co_await rest_of(&refused.error);
        EXPECT_NE(why.find("error forwarding port 81 to pod one"), std::string::npos) << why;
        EXPECT_NE(why.find("connection refused"), std::string::npos) << why;
        port_link good = co_await connect_port(over, "80", "1");
        co_await net::write_all(&good.data, "hello");
        co_await good.data.finish_writing();
        std::string const answer = co_await rest_of(&good.data);
        EXPECT_EQ(answer, "one:hello");
        std::string const nothing = co_await rest_of(&good.error);
        EXPECT_EQ(nothing, "");
        over.close();
        auto const is_over = [&in] { return in.streams.sessions() == 0 && in.streams.port_connections() == 0; };
        co_await in.server.until(is_over);
    }
}

KUBERAY_CO_TEST(pod_forward, the_end_of_the_tunnel_ends_what_listens_in_the_pod)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_port(80, &read_never);
    net::spdy_connection over = co_await tunnel_of(in.client);
    port_link const one = co_await connect_port(over, "80", "0");
    auto const is_there = [&in] { return in.streams.port_connections() == 1; };
    co_await in.server.until(is_there);
    over.close();
    auto const is_over = [&in] { return in.streams.sessions() == 0 && in.streams.port_connections() == 0; };
    co_await in.server.until(is_over);
}

KUBERAY_CO_TEST(pod_forward, a_tunnel_is_cut_and_a_connection_refused_as_asked)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_port(80, &send_much);
    stream_fault harm;
    harm.what = stream_fault::kind::forward_refuse;
    in.streams.inject(harm);
    net::spdy_connection over = co_await tunnel_of(in.client);
    port_link refused = co_await connect_port(over, "80", "0");
    std::string const why = co_await rest_of(&refused.error);
    EXPECT_NE(why.find("connection refused"), std::string::npos) << why;
    port_link whole = co_await connect_port(over, "80", "1");
    std::string const all = co_await rest_of(&whole.data);
    EXPECT_EQ(all.size(), std::size_t(8) << 20);
    harm.what = stream_fault::kind::forward_cut;
    harm.after_bytes = 100000;
    in.streams.inject(harm);
    port_link broken = co_await connect_port(over, "80", "2");
    error const cut = co_await error_of(rest_of(&broken.data));
    EXPECT_TRUE(cut);
    error const ended = co_await over.ended();
    EXPECT_EQ(ended.code(), errc::connection_lost) << ended.message();
}

KUBERAY_CO_TEST(pod_forward, channels_carry_one_connection_for_each_port)
{
    world in(co_await asio::this_coro::executor);
    in.streams.on_port(300, [](std::string, net::byte_stream connection) -> task<void> {
        std::string const came = co_await net::read_some(&connection);
        co_await net::write_all(&connection, "got " + came);
    });
    net::websocket socket = co_await open_exec(in.client, "one/portforward?ports=300,81", v4);
    std::string const input = std::string(1, '\0') + "this";
    co_await socket.write(input);
    std::vector<std::string> by_channel(4);
    for (;;) {
        std::optional<net::websocket_message> const message = co_await socket.read();
        if (!message) break;
        by_channel.at(static_cast<std::size_t>(message->payload.at(0))) += message->payload.substr(1);
    }
    EXPECT_EQ(by_channel[0], "\x2c\x01got this");
    EXPECT_EQ(by_channel[1], "\x2c\x01");
    EXPECT_EQ(by_channel[2], std::string("\x51\0", 2));
    EXPECT_EQ(by_channel[3].substr(0, 2), std::string("\x51\0", 2));
    EXPECT_NE(by_channel[3].find("connection refused"), std::string::npos);
    EXPECT_EQ(socket.close_code(), 1000);
}

KUBERAY_CO_TEST(pod_forward, a_forward_is_refused_in_the_words_of_the_server)
{
    world in(co_await asio::this_coro::executor);
    error why = co_await error_of(open_exec(in.client, "one/portforward", v4));
    EXPECT_NE(words_of(why).find("query parameter \"port\" is required"), std::string::npos) << words_of(why);
    why = co_await error_of(open_exec(in.client, "one/portforward?ports=80", "other"));
    EXPECT_EQ(why.status()->http_status, 403);
    why = co_await error_of(open_exec(in.client, "one/portforward?ports=abc", v4));
    EXPECT_NE(words_of(why).find("parsing \"abc\": invalid syntax"), std::string::npos) << words_of(why);
    why = co_await error_of(spdy_of(in.client, "one/portforward", "foo"));
    EXPECT_EQ(why.status()->http_status, 403);
    EXPECT_NE(words_of(why).find("server accepts [portforward.k8s.io]"), std::string::npos) << words_of(why);
}

KUBERAY_CO_TEST(pod_forward, exec_by_spdy_ends_with_a_status_on_the_error_stream)
{
    world in(co_await asio::this_coro::executor);
    // The right to get is not needed.
    kuberay::testing::deny_rule rule;
    rule.verb = "get";
    rule.resource = "pods/exec";
    in.server.deny(rule);
    net::spdy_connection over = co_await spdy_of(in.client, "one/exec?command=cat&stdin=true&stdout=true", v4);
    net::byte_stream status = co_await over.open(headers_of("error", "", ""), true);
    net::byte_stream input = co_await over.open(headers_of("stdin", "", ""));
    net::byte_stream output = co_await over.open(headers_of("stdout", "", ""), true);
    std::string const much(1 << 20, 's');
    std::string all;
    std::vector<task<void>> both;
    both.push_back(write_whole(&input, much));
    both.push_back(keep_rest(&output, &all));
    std::vector<result<void>> const done = co_await run_all(std::move(both));
    EXPECT_TRUE(done.at(0).has_value());
    EXPECT_TRUE(done.at(1).has_value());
    EXPECT_EQ(all, much);
    std::string const said = co_await rest_of(&status);
    EXPECT_EQ(said, R"({"status":"Success"})");
    error const ended = co_await over.ended();
    EXPECT_FALSE(ended) << ended.message();
}

KUBERAY_CO_TEST(pod_forward, exec_by_spdy_is_cut_without_a_status)
{
    world in(co_await asio::this_coro::executor);
    stream_fault harm;
    harm.what = stream_fault::kind::exec_cut;
    harm.after_bytes = 3;
    in.streams.inject(harm);
    net::spdy_connection over = co_await spdy_of(in.client, "one/exec?command=echo&command=abcdef&stdout=true", v4);
    net::byte_stream status = co_await over.open(headers_of("error", "", ""), true);
    net::byte_stream output = co_await over.open(headers_of("stdout", "", ""), true);
    error const why = co_await error_of(rest_of(&status));
    EXPECT_TRUE(why);
    error const ended = co_await over.ended();
    EXPECT_EQ(ended.code(), errc::connection_lost) << ended.message();
}
