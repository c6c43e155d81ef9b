#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::test {

using testing::api_server;
using testing::pod_streams;

inline constexpr char const* pods_yaml = R"(
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: default}
spec: {nodeName: node-1, containers: [{name: main, image: x}]}
status: {phase: Running, containerStatuses: [{name: main, restartCount: 0, state: {running: {}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: two, namespace: default}
spec: {nodeName: node-1, initContainers: [{name: init, image: x}], containers: [{name: main, image: x}, {name: side, image: x}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: waiting, namespace: default}
spec: {containers: [{name: main, image: x}]}
status: {phase: Pending}
---
apiVersion: v1
kind: Pod
metadata: {name: pulling, namespace: default}
spec: {nodeName: node-1, containers: [{name: main, image: x}]}
status: {phase: Pending, containerStatuses: [{name: main, state: {waiting: {reason: ErrImagePull}}}]}
)";

/// A server with pods and a client.
struct world {
    explicit world(asio::any_io_executor executor)
        : server(executor)
        , streams(server)
        , client(executor, config_of(server))
    {
        server.put_yaml(pods_yaml);
    }

    static kube::config config_of(api_server& server)
    {
        server.start();
        return server.config();
    }

    api_server server;
    pod_streams streams;
    kube::client client;
};

inline net::http_request get_of(std::string const& target)
{
    return net::http_request("GET", "/api/v1/namespaces/default/pods/" + target);
}

inline task<std::string> log_of(kube::client client, std::string target)
{
    net::http_response answer = co_await client.send(get_of(target));
    std::string const text = co_await answer.read_all();
    co_return text;
}

/// What came on every channel, and how it ended.
struct transcript {
    transcript() = default;
    std::string out, err, status, first;
    std::size_t largest = 0;
    int close_code = 0;
    std::string failure;
};

inline task<transcript> transcript_of(net::websocket socket)
{
    transcript all;
    bool is_first = true;
    for (;;) {
        task<std::optional<net::websocket_message>> reading = socket.read();
        result<std::optional<net::websocket_message>> const message = co_await as_result(std::move(reading));
        if (message.has_error()) {
            all.failure = message.error().message();
            co_return all;
        }
        if (!*message) break;
        std::string const& payload = (*message)->payload;
        all.largest = std::max(all.largest, payload.size());
        if (std::exchange(is_first, false)) all.first = payload;
        std::string& into = payload.at(0) == 1 ? all.out : payload.at(0) == 2 ? all.err : all.status;
        into += payload.substr(1);
    }
    all.close_code = socket.close_code();
    co_return all;
}

inline task<net::websocket> open_exec(kube::client client, std::string target, std::string protocol)
{
    std::vector<std::string> offered;
    offered.push_back(std::move(protocol));
    net::websocket socket = co_await client.open_websocket(get_of(target), offered);
    co_return socket;
}

inline task<transcript> exec_of(kube::client client, std::string target, std::string protocol)
{
    net::websocket socket = co_await open_exec(client, target, protocol);
    transcript const all = co_await transcript_of(std::move(socket));
    co_return all;
}

template <class T>
task<error> error_of(task<T> op)
{
    result<T> const outcome = co_await as_result(std::move(op));
    EXPECT_TRUE(outcome.has_error());
    co_return outcome.has_error() ? outcome.error() : error();
}

inline std::string words_of(error const& why) { return why.status() ? why.status()->message : why.message(); }

inline constexpr char const* v4 = "v4.channel.k8s.io";
inline constexpr char const* v5 = "v5.channel.k8s.io";

}  // namespace kuberay::test
