#pragma once

#include "net/http_client.hpp"
#include "support/co_test.hpp"
#include "support/ending.hpp"

#include <kuberay/kube/port_forwarder.hpp>
#include <kuberay/net/dialer.hpp>
#include <kuberay/testing/fault.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::test {

using kuberay::testing::stream_fault;

inline std::string pod_yaml(std::string const& name, std::string const& labels, std::string const& more = "")
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: default, labels: {" + labels
           + "}}\nspec: {nodeName: node-1, containers: [{name: main, image: x, ports: [{name: dash, containerPort: "
             "80}]}]}\n"
             "status: {phase: Running"
           + more + "}\n";
}

inline std::string const ready = ", conditions: [{type: Ready, status: \"True\"}]";

/// A server with one pod. Its port 80 answers with its name and what came, when all has come; port 90 the same after
/// one line.
struct forward_world {
    explicit forward_world(asio::any_io_executor executor)
        : forward_world(executor, connected_by::sockets)
    {
    }

    enum class connected_by { sockets, memory };

    forward_world(asio::any_io_executor executor, connected_by what)
        : server(executor)
        , streams(server)
        , client(what == connected_by::sockets ? kube::client(executor, config_of(server)) : client_in_memory(server))
    {
        server.put_yaml(pod_yaml("one", "app: x", ready));
        streams.on_port(80, &answer_at_the_end);
        streams.on_port(90, &answer_a_line);
    }

    static kube::config config_of(testing::api_server& server)
    {
        server.start();
        return server.config();
    }

    static kube::client client_in_memory(testing::api_server& server)
    {
        net::pool_options pool;
        pool.dial = [server]() mutable { return connect_in_memory(server); };
        kube::client_options options;
        options.transport =
            net::make_http_client_over(server.get_executor(), "k8s.example", pool, net::http_client_options());
        kube::config config;
        config.connect.server = net::parse_url("http://k8s.example").value();
        return kube::client(server.get_executor(), config, options);
    }

    static task<net::byte_stream> connect_in_memory(testing::api_server server) { co_return server.connect(); }

    static task<void> answer_at_the_end(std::string pod, net::byte_stream connection)
    {
        std::string all = pod + ":";
        for (;;) {
            std::string const bytes = co_await net::read_some(&connection);
            if (bytes.empty()) break;
            all += bytes;
        }
        co_await net::write_all(&connection, all);
        co_await connection.finish_writing();
    }

    static task<void> answer_a_line(std::string pod, net::byte_stream connection)
    {
        std::string all = pod + ":";
        while (!all.ends_with('\n')) {
            std::string const bytes = co_await net::read_some(&connection);
            if (bytes.empty()) co_return;
            all += bytes;
        }
        co_await net::write_all(&connection, all);
        co_await connection.finish_writing();
    }

    /// The next GET of a port-forward is answered so by a node or a proxy.
    void refuse_websocket(int status, std::string words, int times = 1)
    {
        testing::fault refusal = testing::fault::answer(status, std::move(words), "text/plain");
        server.inject(std::move(refusal).on("GET", path).times(times));
    }

    std::size_t requests(std::string_view method) const
    {
        std::size_t count = 0;
        for (auto const& request : server.journal())
            if (request.method == method && request.target.starts_with(path)) ++count;
        return count;
    }

    static constexpr char const* path = "/api/v1/namespaces/default/pods/one/portforward";

    testing::api_server server;
    testing::pod_streams streams;
    kube::client client;
};

/// No error for a value.
template <class T>
error error_of(result<T> const& of)
{
    return of.has_error() ? of.error() : error();
}

/// Sends and reads to the end.
inline task<ending> ask_on(net::byte_stream* stream, std::string bytes)
{
    task<void> writing = net::write_all(stream, std::move(bytes));
    co_await as_result(std::move(writing));
    ending const all = co_await end_of(stream);
    co_return all;
}

/// Sends, half-closes, and reads to the end.
inline task<ending> exchange_on(net::byte_stream* stream, std::string bytes)
{
    task<void> writing = net::write_all(stream, std::move(bytes));
    co_await as_result(std::move(writing));
    task<void> finishing = stream->finish_writing();
    co_await as_result(std::move(finishing));
    ending const all = co_await end_of(stream);
    co_return all;
}

inline task<net::byte_stream> dial_local(asio::any_io_executor executor, std::string host, std::uint16_t port)
{
    net::connect_options where;
    where.server.scheme = "http";
    where.server.host = std::move(host);
    where.server.port = port;
    return net::dial(std::move(executor), where);
}

}  // namespace kuberay::test
