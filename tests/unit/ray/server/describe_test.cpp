#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/describe.hpp>
#include <kuberay/ray/doctor.hpp>
#include <kuberay/ray/nodes.hpp>
#include <kuberay/ray/operator_version.hpp>
#include <kuberay/ray/token.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using test::server_and_client;
using ::testing::HasSubstr;

constexpr char const* broken_pod = R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "demo-head-x",
    "namespace": "default", "labels": {"ray.io/cluster": "demo", "ray.io/node-type": "head", "ray.io/group": "headgroup",
    "ray.io/is-ray-node": "yes"}}, "spec": {"containers": [{"name": "ray-head", "image": "no/such"}]},
    "status": {"phase": "Pending", "containerStatuses": [{"name": "ray-head", "ready": false, "restartCount": 0,
        "image": "no/such", "imageID": "",
        "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}}]}})";

KUBERAY_CO_TEST(describe, says_why_a_cluster_is_not_ready)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", R"("spec": {"rayVersion": "2.52.0", "workerGroupSpecs": [{"groupName": "g", "replicas": 2}]},
        "status": {"head": {"serviceName": "demo-head-svc"}, "conditions": [{"type": "HeadPodReady", "status": "False",
        "reason": "HeadPodNotFound", "message": "no head"}]})");
    on.put(broken_pod);
    on.put(R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e1", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "demo-head-x"}, "type": "Warning", "reason": "Failed",
        "message": "cannot pull"})");
    on.put(R"({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e2", "namespace": "default"},
        "involvedObject": {"kind": "Pod", "name": "stranger"}, "type": "Normal", "reason": "Pulled", "message": "x"})");
    cluster_description const found = co_await describe_cluster(on.client, "default", "demo");
    EXPECT_EQ(found.pods.size(), 1U);
    EXPECT_EQ(found.groups.size(), 1U);
    EXPECT_EQ(found.events.size(), 1U);
    std::string const text = to_text(found, on.server.now());
    EXPECT_THAT(text, HasSubstr("ImagePullBackOff: Back-off pulling image"));
    EXPECT_THAT(text, HasSubstr("0/2 ready"));
    EXPECT_THAT(text, HasSubstr("HeadPodNotFound"));
    EXPECT_THAT(text, HasSubstr("cannot pull"));
    EXPECT_THAT(text, HasSubstr("demo-head-svc"));
    json::value const document = to_json(found);
    EXPECT_EQ(string_at(document, "cluster.metadata.name"), "demo");
    EXPECT_EQ(string_at(document, "groups.0.name"), "g");
    EXPECT_EQ(string_at(document, "pods.0.troubles.0.reason"), "ImagePullBackOff");
    EXPECT_EQ(string_at(document, "events.0.message"), "cannot pull");
}

KUBERAY_CO_TEST(describe, what_may_not_be_read_is_a_note)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo");
    on.server.inject(
        testing::fault::status(403, "Forbidden", "no events for you").on("GET", "/api/v1/namespaces/default/events")
    );
    cluster_description const found = co_await describe_cluster(on.client, "default", "demo");
    EXPECT_EQ(found.notes.size(), 1U);
    std::string const text = to_text(found, on.server.now());
    EXPECT_THAT(text, HasSubstr("no events for you"));
}

KUBERAY_CO_TEST(list_nodes, finds_rays_pods_only)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_pod("p1", "demo", "g", true);
    on.put_pod("p2", "other", "g", true);
    on.put(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "i"}]}})");
    node_query query;
    std::vector<kube::pod> const all = co_await list_nodes(on.client, query);
    EXPECT_EQ(all.size(), 2U);
    query.cluster = "demo";
    std::vector<kube::pod> const of_demo = co_await list_nodes(on.client, query);
    EXPECT_EQ(of_demo.size(), 1U);
    query.node = "p2";
    task<std::vector<kube::pod>> asking = list_nodes(on.client, query);
    result<std::vector<kube::pod>> const none = co_await as_result(std::move(asking));
    EXPECT_TRUE(none.has_error() && none.error().code() == reason::not_found);
    EXPECT_THAT(test::message_of(none), HasSubstr("\"p2\" of the RayCluster \"demo\""));
}

KUBERAY_CO_TEST(read_token, gives_the_bytes_of_the_secret)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", R"("spec": {"authOptions": {"mode": "token"}})");
    on.put(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "demo", "namespace": "default"},
        "data": {"auth_token": "czNjcmV0Cg=="}})");
    std::string const token = co_await read_token(on.client, "default", "demo");
    EXPECT_EQ(token, "s3cret\n");
    on.put(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "demo", "namespace": "default"},
        "data": {"other": "czNjcmV0Cg=="}})");
    task<std::string> reading = read_token(on.client, "default", "demo");
    result<std::string> const missing = co_await as_result(std::move(reading));
    EXPECT_TRUE(missing.has_error() && missing.error().code() == errc::unsatisfiable);
    EXPECT_EQ(test::message_of(missing), "the secret default/demo has no key auth_token");
}

constexpr char const* operator_deployment = R"({"apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "kuberay-operator", "namespace": "ray-system", "labels": {"app.kubernetes.io/name": "kuberay-operator"}},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}},
        "spec": {"containers": [{"name": "o", "image": "quay.io/kuberay/operator:v1.6.2",
            "args": ["--feature-gates=RayCronJob=true"]}]}}},
    "status": {"replicas": 1, "readyReplicas": 1}})";

KUBERAY_CO_TEST(find_operators, falls_back_to_namespaces_where_everything_is_forbidden)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put(operator_deployment);
    operator_search const everywhere = co_await find_operators(on.client, "default");
    EXPECT_TRUE(everywhere.cluster_wide);
    EXPECT_EQ(everywhere.found.size(), 1U);
    on.server.inject(testing::fault::status(403, "Forbidden", "no").on("GET", "/apis/apps/v1/deployments"));
    operator_search const narrow = co_await find_operators(on.client, "default");
    EXPECT_FALSE(narrow.cluster_wide);
    EXPECT_EQ(narrow.found.size(), 1U);
    std::string const version = narrow.found.empty() ? std::string() : narrow.found[0].version;
    EXPECT_EQ(version, "v1.6.2");
    EXPECT_THAT(narrow.looked_in, ::testing::Contains("ray-system"));
}

finding const* find_check(std::vector<finding> const& all, std::string_view check)
{
    for (finding const& one : all)
        if (one.check == check) return &one;
    return nullptr;
}

KUBERAY_CO_TEST(doctor, tells_what_is_well_and_what_is_missing)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::vector<finding> const without = co_await examine(on.client, "default");
    finding const* none = find_check(without, "KubeRay operator");
    EXPECT_TRUE(none && none->state == health::failing && !none->remedy.empty());
    on.put(operator_deployment);
    std::vector<finding> const found = co_await examine(on.client, "default");
    for (char const* check : {"API server", "CRD rayclusters", "KubeRay operator", "feature gate RayCronJob"}) {
        finding const* one = find_check(found, check);
        EXPECT_TRUE(one && one->state == health::ok) << check << (one ? ": " + one->message : ": not checked");
    }
}

}  // namespace
}  // namespace kuberay::ray
