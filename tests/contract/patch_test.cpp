#include "place.hpp"

#include <boost/json/parse.hpp>

using namespace kuberay;
using kuberay::contract::cluster_with;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

namespace {

kube::patch_body operations(char const* text) { return kube::patch_body::operations(json::parse(text).as_array()); }

kube::patch_body merge(char const* text) { return kube::patch_body::merge(json::parse(text)); }

}  // namespace

KUBERAY_CONTRACT(a_json_patch_whose_tests_hold_is_done)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = operations(R"([
        {"op": "test", "path": "/spec/rayVersion", "value": "2.1.0"},
        {"op": "replace", "path": "/spec/rayVersion", "value": "2.2.0"},
        {"op": "add", "path": "/metadata/labels", "value": {"a~b": "c"}},
        {"op": "copy", "from": "/metadata/labels/a~0b", "path": "/metadata/labels/d"},
        {"op": "move", "from": "/metadata/labels/d", "path": "/metadata/labels/e"},
        {"op": "remove", "path": "/metadata/labels/a~0b"},
        {"op": "add", "path": "/spec/workerGroupSpecs", "value": []}])");
    kube::object const patched = co_await clusters.patch("demo", body);
    EXPECT_EQ(text_at(patched, "spec.rayVersion"), "2.2.0");
    EXPECT_EQ(text_at(patched, "metadata.labels"), R"({"e":"c"})");
    EXPECT_EQ(patched.metadata.generation, 2);
    EXPECT_NE(patched.metadata.resource_version, made.metadata.resource_version);
}

KUBERAY_CONTRACT(a_json_patch_whose_test_fails_changes_nothing)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    struct row {
        char const* name;
        char const* patch;
    };
    static constexpr row rows[] = {
        row{"test", R"([{"op": "replace", "path": "/spec/rayVersion", "value": "3"},
                             {"op": "test", "path": "/spec/rayVersion", "value": "2.1.0"}])"},
        row{"absent parent", R"([{"op": "add", "path": "/spec/nope/x", "value": 1}])"},
        row{"absent removed", R"([{"op": "remove", "path": "/spec/nope"}])"},
        row{"version", R"([{"op": "test", "path": "/metadata/resourceVersion", "value": "1"}])"},
    };
    for (row const& one : rows) {
        kube::patch_body const body = operations(one.patch);
        task<kube::object> patching = clusters.patch("demo", body);
        result<kube::object> const patched = co_await as_result(std::move(patching));
        error const why = refused(patched);
        EXPECT_EQ(why.code(), reason::invalid) << one.name;
        EXPECT_TRUE(kuberay::contract::said(why).causes.empty()) << one.name;
    }
    kube::object const read = co_await clusters.get("demo");
    EXPECT_EQ(read.metadata.resource_version, made.metadata.resource_version);
}

KUBERAY_CONTRACT(replacing_an_absent_member_sets_it)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = operations(R"([{"op": "replace", "path": "/spec/suspend", "value": true}])");
    kube::object const patched = co_await clusters.patch("demo", body);
    EXPECT_EQ(text_at(patched, "spec.suspend"), "true");
}

KUBERAY_CONTRACT(a_merge_patch_merges_and_removes)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const wanted = config_map("demo", "a", "1");
    kube::object const made = co_await maps.create(wanted);
    kube::patch_body const body = merge(R"({"data": {"a": null, "b": "2"}})");
    kube::object const patched = co_await maps.patch("demo", body);
    EXPECT_EQ(text_at(patched, "data"), R"({"b":"2"})");
}

KUBERAY_CONTRACT(a_patch_that_changes_nothing_keeps_the_version)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = merge(R"({"spec": {"rayVersion": "2.1.0"}})");
    kube::object const patched = co_await clusters.patch("demo", body);
    EXPECT_EQ(patched.metadata.resource_version, made.metadata.resource_version);
    EXPECT_EQ(patched.metadata.generation, 1);
}

KUBERAY_CONTRACT(an_old_resource_version_in_a_patch_conflicts)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = merge(R"({"metadata": {"resourceVersion": "1"}, "spec": {"rayVersion": "3"}})");
    task<kube::object> patching = clusters.patch("demo", body);
    result<kube::object> const patched = co_await as_result(std::move(patching));
    error const why = refused(patched);
    EXPECT_EQ(why.code(), reason::conflict);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "Operation cannot be fulfilled on rayclusters.ray.io \"demo\": the object has been modified; "
        "please apply your changes to the latest version and try again"
    );
}

KUBERAY_CONTRACT(custom_resources_have_no_strategic_merge)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    json::value const document = json::parse(R"({"spec": {"rayVersion": "3"}})");
    kube::patch_body const body = kube::patch_body::strategic(document);
    task<kube::object> patching = clusters.patch("demo", body);
    result<kube::object> const patched = co_await as_result(std::move(patching));
    error const why = refused(patched);
    EXPECT_EQ(why.code(), reason::unsupported_media_type);
    EXPECT_EQ(kuberay::contract::said(why).http_status, 415);
}

KUBERAY_CONTRACT(the_status_subresource_changes_the_status_only)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = merge(R"({"spec": {"rayVersion": "3"}, "status": {"state": "ready"}})");
    kube::write_params const params;
    json::value const patched = co_await clusters.core().patch("demo", body, params, "status");
    kube::object const after(patched.as_object());
    EXPECT_EQ(text_at(after, "status.state"), "ready");
    EXPECT_EQ(text_at(after, "spec.rayVersion"), "2.1.0");
    EXPECT_EQ(after.metadata.generation, 1);
    kube::patch_body const main_body = merge(R"({"status": {"state": "failed"}})");
    kube::object const main = co_await clusters.patch("demo", main_body);
    EXPECT_EQ(text_at(main, "status.state"), "ready");
}

KUBERAY_CONTRACT(strict_validation_also_checks_patches)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "rayVersion", "2.1.0");
    kube::object const made = co_await clusters.create(wanted);
    kube::patch_body const body = operations(R"([{"op": "add", "path": "/spec/noSuchField", "value": 1}])");
    kube::write_params params;
    params.field_validation = kube::field_validation::strict;
    task<kube::object> patching = clusters.patch("demo", body, params);
    result<kube::object> const patched = co_await as_result(std::move(patching));
    error const why = refused(patched);
    EXPECT_EQ(why.code(), reason::invalid);
    EXPECT_EQ(kuberay::contract::said(why).causes.size(), 1u);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, "patch");
    EXPECT_TRUE(kuberay::contract::said(why).causes.at(0).message.ends_with(
        "strict decoding error: unknown field \"spec.noSuchField\""
    )) << kuberay::contract::said(why).causes.at(0).message;
}

KUBERAY_CONTRACT(a_patch_of_what_is_not_there_says_not_found)
{
    kube::patch_body const body = merge(R"({"spec": {"rayVersion": "3"}})");
    task<kube::object> patching = at.clusters().patch("nobody", body);
    result<kube::object> const patched = co_await as_result(std::move(patching));
    error const why = refused(patched);
    EXPECT_EQ(why.code(), reason::not_found);
}
