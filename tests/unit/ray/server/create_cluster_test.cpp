#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/create_cluster.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using test::generated;
using test::server_and_client;

KUBERAY_CO_TEST(create_cluster, is_one_request_and_the_name_can_be_taken_only_once)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    json::object const wanted = generated("demo");
    create_options const options;
    create_outcome const made = co_await create_cluster(on.client, wanted, options);
    EXPECT_EQ(made.name, "demo");
    EXPECT_EQ(made.ns, "default");
    EXPECT_FALSE(made.uid.empty());
    EXPECT_EQ(on.server.journal().size(), 1U);
    auto const stored = on.server.find("rayclusters.ray.io", "default", "demo");
    EXPECT_TRUE(stored.has_value());

    json::object other = generated("demo");
    other["spec"].as_object()["rayVersion"] = "2.46.0";
    task<create_outcome> again = create_cluster(on.client, other, options);
    result<create_outcome> const refused = co_await as_result(std::move(again));
    EXPECT_TRUE(refused.has_error());
    if (refused.has_error()) {
        EXPECT_EQ(refused.error().code(), reason::already_exists);
        EXPECT_EQ(
            refused.error().message(),
            "the RayCluster \"demo\" already exists in namespace \"default\"; nothing was changed"
        );
    }
    EXPECT_EQ(on.server.find("rayclusters.ray.io", "default", "demo"), stored);
}

KUBERAY_CO_TEST(create_cluster, a_server_that_refuses_a_free_name_gets_a_plain_apply)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.server.inject(testing::fault::status(409, "Conflict", "resource version").on("PATCH", "/apis/ray.io"));
    json::object const wanted = generated("demo");
    create_options const options;
    create_outcome const made = co_await create_cluster(on.client, wanted, options);
    EXPECT_EQ(made.name, "demo");
    EXPECT_EQ(on.server.journal().size(), 3U) << "apply, get, apply";
}

KUBERAY_CO_TEST(create_cluster, a_dry_run_stores_nothing)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    json::object const wanted = generated("demo");
    create_options options;
    options.dry_run = true;
    create_outcome const made = co_await create_cluster(on.client, wanted, options);
    EXPECT_EQ(made.name, "demo");
    EXPECT_FALSE(on.server.find("rayclusters.ray.io", "default", "demo").has_value());
}

KUBERAY_CO_TEST(create_cluster, a_field_that_the_crd_does_not_have_is_named)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    json::object wanted = generated("demo");
    wanted["spec"].as_object()["futureField"] = true;
    create_options const options;
    task<create_outcome> creating = create_cluster(on.client, wanted, options);
    result<create_outcome> const refused = co_await as_result(std::move(creating));
    EXPECT_TRUE(refused.has_error());
    if (refused.has_error()) {
        EXPECT_THAT(refused.error().message(), ::testing::HasSubstr("has no field spec.futureField"));
    }
    EXPECT_EQ(on.server.journal().size(), 1U) << "never tried again";
}

KUBERAY_CO_TEST(create_cluster, needs_a_name)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    json::object const nameless;
    create_options const options;
    task<create_outcome> creating = create_cluster(on.client, nameless, options);
    result<create_outcome> const refused = co_await as_result(std::move(creating));
    EXPECT_TRUE(refused.has_error() && refused.error().code() == errc::bad_input);
    EXPECT_TRUE(on.server.journal().empty());
}

}  // namespace
}  // namespace kuberay::ray
