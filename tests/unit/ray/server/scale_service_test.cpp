#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/scale_service.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using test::server_and_client;

constexpr char const* groups =
    R"([{"groupName": "g", "replicas": 1, "minReplicas": 0, "maxReplicas": 5, "template": {}}])";

void put_service(server_and_client& on, std::string const& status)
{
    on.put(
        R"({"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"name": "s", "namespace": "default"},
        "spec": {"rayClusterConfig": {"headGroupSpec": {"template": {}}, "workerGroupSpecs": )"
        + std::string(groups) + R"(}}, "status": )" + status + "}"
    );
}

std::vector<group_scale> wanted_replicas()
{
    group_scale one;
    one.group = "g";
    one.replicas = 3;
    return {one};
}

KUBERAY_CO_TEST(scale_service, changes_the_service_and_its_active_cluster)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    put_service(on, R"({"activeServiceStatus": {"rayClusterName": "s-1"}})");
    on.put_cluster(
        "s-1", R"("spec": {"headGroupSpec": {"template": {}}, "workerGroupSpecs": )" + std::string(groups) + "}"
    );
    std::vector<group_scale> const wanted = wanted_replicas();
    edit_options const options;
    service_scale_outcome const done = co_await scale_service(on.client, "default", "s", wanted, options);
    EXPECT_EQ(done.cluster, "s-1");
    EXPECT_EQ(done.changes.size(), 1U);
    EXPECT_TRUE(done.on_cluster.has_value()) << done.on_cluster.error().message();
    json::value const service = on.server.find("rayservices.ray.io", "default", "s").value();
    EXPECT_EQ(int_at(service, "spec.rayClusterConfig.workerGroupSpecs.0.replicas"), 3);
    json::value const cluster = on.server.find("rayclusters.ray.io", "default", "s-1").value();
    EXPECT_EQ(int_at(cluster, "spec.workerGroupSpecs.0.replicas"), 3);
}

KUBERAY_CO_TEST(scale_service, writes_nothing_while_an_upgrade_is_under_way)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    put_service(
        on, R"({"activeServiceStatus": {"rayClusterName": "s-1"}, "pendingServiceStatus": {"rayClusterName": "s-2"}})"
    );
    std::vector<group_scale> const wanted = wanted_replicas();
    edit_options const options;
    task<service_scale_outcome> scaling = scale_service(on.client, "default", "s", wanted, options);
    result<service_scale_outcome> const refused = co_await as_result(std::move(scaling));
    EXPECT_TRUE(refused.has_error() && refused.error().code() == errc::unsatisfiable);
    EXPECT_EQ(on.server.journal().size(), 1U);
}

KUBERAY_CO_TEST(scale_service, tells_of_the_half_that_failed)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    put_service(on, R"({"activeServiceStatus": {"rayClusterName": "gone"}})");
    std::vector<group_scale> const wanted = wanted_replicas();
    edit_options const options;
    service_scale_outcome const done = co_await scale_service(on.client, "default", "s", wanted, options);
    EXPECT_EQ(done.changes.size(), 1U);
    EXPECT_TRUE(done.on_cluster.has_error() && done.on_cluster.error().code() == reason::not_found);
}

}  // namespace
}  // namespace kuberay::ray
