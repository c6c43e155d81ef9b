#include "place.hpp"

#include <kuberay/base/json.hpp>

using namespace kuberay;
using kuberay::contract::cluster_named;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

KUBERAY_CONTRACT(create_gives_back_the_object_with_what_the_server_adds)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    EXPECT_EQ(made.metadata.name, "demo");
    EXPECT_EQ(made.metadata.ns, at.ns());
    EXPECT_FALSE(made.metadata.uid.empty());
    EXPECT_FALSE(made.metadata.resource_version.empty());
    EXPECT_EQ(made.metadata.generation, 1);
    EXPECT_TRUE(made.metadata.creation_timestamp.has_value());
    EXPECT_EQ(made.kind(), "RayCluster");
    EXPECT_EQ(text_at(made, "metadata.managedFields.0.manager"), "contract");
    EXPECT_EQ(text_at(made, "metadata.managedFields.0.operation"), "Update");
    kube::object const read = co_await clusters.get("demo");
    EXPECT_EQ(read.content, made.content);
}

KUBERAY_CONTRACT(create_of_what_exists_says_already_exists)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    task<kube::object> again = clusters.create(wanted);
    result<kube::object> const second = co_await as_result(std::move(again));
    error const why = refused(second);
    EXPECT_EQ(why.code(), reason::already_exists);
    EXPECT_EQ(kuberay::contract::said(why).message, "rayclusters.ray.io \"demo\" already exists");
    EXPECT_EQ(kuberay::contract::said(why).name, "demo");
    EXPECT_EQ(kuberay::contract::said(why).group, "ray.io");
    EXPECT_EQ(kuberay::contract::said(why).kind, "rayclusters");
    EXPECT_EQ(kuberay::contract::said(why).http_status, 409);
}

KUBERAY_CONTRACT(generate_name_makes_a_name)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object wanted = config_map("", "a", "b");
    wanted.content["metadata"] = json::object({{"generateName", "made-"}});
    kube::object const made = co_await maps.create(wanted);
    EXPECT_EQ(made.metadata.name.size(), 10u);
    EXPECT_TRUE(made.metadata.name.starts_with("made-")) << made.metadata.name;
}

KUBERAY_CONTRACT(find_tells_absence_from_other_failures)
{
    kube::api<kube::object> const clusters = at.clusters();
    std::optional<kube::object> const absent = co_await clusters.find("nobody");
    EXPECT_FALSE(absent.has_value());
    task<kube::object> reading = clusters.get("nobody");
    result<kube::object> const read = co_await as_result(std::move(reading));
    error const why = refused(read);
    EXPECT_EQ(why.code(), reason::not_found);
    EXPECT_EQ(kuberay::contract::said(why).message, "rayclusters.ray.io \"nobody\" not found");

    kube::resource_type const unknown("nobody.example", "v1", "Thing", "things");
    kube::api<kube::object> const things = kube::api<kube::object>::in_ns(at.client(), unknown, at.ns());
    task<std::optional<kube::object>> finding = things.find("nobody");
    result<std::optional<kube::object>> const found = co_await as_result(std::move(finding));
    error const other = refused(found);
    EXPECT_EQ(other.code(), reason::not_found);
}

KUBERAY_CONTRACT(create_in_a_namespace_that_is_not_there_names_the_namespace)
{
    kube::resource_type const type = at.clusters().core().type();
    kube::api<kube::object> const clusters = kube::api<kube::object>::in_ns(at.client(), type, "no-such-namespace");
    kube::object const wanted = cluster_named("demo");
    task<kube::object> creating = clusters.create(wanted);
    result<kube::object> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::not_found);
    EXPECT_EQ(kuberay::contract::said(why).message, "namespaces \"no-such-namespace\" not found");
    EXPECT_EQ(kuberay::contract::said(why).kind, "namespaces");
}

KUBERAY_CONTRACT(a_dry_run_writes_nothing)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::write_params params;
    params.dry_run = true;
    kube::object const made = co_await clusters.create(wanted, params);
    EXPECT_FALSE(made.metadata.uid.empty());
    EXPECT_TRUE(made.metadata.resource_version.empty());
    std::optional<kube::object> const found = co_await clusters.find("demo");
    EXPECT_FALSE(found.has_value());
    kube::apply_params applying = contract::applied_by("tester");
    applying.dry_run = true;
    kube::object const applied = co_await clusters.apply(wanted, applying);
    std::optional<kube::object> const still = co_await clusters.find("demo");
    EXPECT_FALSE(still.has_value());
}

KUBERAY_CONTRACT(a_namespace_of_another_name_in_the_body_is_refused)
{
    kube::object wanted = cluster_named("demo");
    wanted.content["metadata"].as_object()["namespace"] = "elsewhere";
    net::http_request request;
    request.method = "POST";
    request.target = "/apis/ray.io/v1/namespaces/" + at.ns() + "/rayclusters";
    request.fields.set("Content-Type", "application/json");
    request.body = to_json(wanted.content);
    task<json::value> creating = at.client().send_for_json(request);
    result<json::value> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::bad_request);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "the namespace of the provided object does not match the namespace sent on the request"
    );
}

KUBERAY_CONTRACT(a_body_may_be_yaml_and_nothing_unknown)
{
    net::http_request request;
    request.method = "POST";
    request.target = "/apis/ray.io/v1/namespaces/" + at.ns() + "/rayclusters";
    request.fields.set("Content-Type", "application/yaml");
    request.body = R"(
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: demo}
spec:
  managedBy: kueue.x-k8s.io/multikueue
  headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: ray, image: x}]}}}
)";
    json::value const made = co_await at.client().send_for_json(request);
    EXPECT_EQ(string_at(made, "metadata.name"), "demo");
    request.fields.set("Content-Type", "application/x-unknown");
    task<json::value> creating = at.client().send_for_json(request);
    result<json::value> const created = co_await as_result(std::move(creating));
    error const why = refused(created);
    EXPECT_EQ(why.code(), reason::unsupported_media_type);
}
