#pragma once

#include "support/co_test.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/testing/api_server.hpp>

#include <boost/asio/this_coro.hpp>

#include <string>
#include <string_view>

namespace kuberay::ray::test {

/// The in-process API server and a client of it, on the executor of the test.
struct server_and_client {
    explicit server_and_client(asio::any_io_executor executor)
        : server(executor)
        , client((server.start(), kube::client(executor, server.config())))
    {
    }

    /// Writes a RayCluster as the operator would leave it.
    json::object put_cluster(std::string_view name, std::string_view rest = R"("spec": {})")
    {
        return put(
            R"({"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": ")" + std::string(name)
            + R"(", "namespace": "default"}, )" + std::string(rest) + "}"
        );
    }

    json::object put_pod(std::string_view name, std::string_view cluster, std::string_view group, bool ready)
    {
        std::string const type = group == "headgroup" ? "head" : "worker";
        return put(
            R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default", "name": ")" + std::string(name)
            + R"(", "labels": {"ray.io/is-ray-node": "yes", "ray.io/cluster": ")" + std::string(cluster)
            + R"(", "ray.io/node-type": ")" + type + R"(", "ray.io/group": ")" + std::string(group)
            + R"("}}, "spec": {"containers": [{"name": "ray", "image": "i"}]}, "status": {"phase": "Running",)"
            + R"("conditions": [{"type": "Ready", "status": ")" + (ready ? "True" : "False") + R"("}]}})"
        );
    }

    json::object put(std::string const& text) { return server.put(parse_json(text).value().as_object()); }

    testing::api_server server;
    kube::client client;
};

/// The error's message; empty for a value.
template <class T>
std::string message_of(result<T> const& from)
{
    return from.has_error() ? from.error().message() : std::string();
}

inline json::object generated(std::string name)
{
    cluster_config config;
    config.name = std::move(name);
    config.ns = "default";
    return generate_cluster(config);
}

}  // namespace kuberay::ray::test
