#include "place.hpp"

#include <boost/json/parse.hpp>

using namespace kuberay;
using kuberay::contract::applied_by;
using kuberay::contract::cluster_named;
using kuberay::contract::cluster_with;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

namespace {

kube::object only_if_absent(kube::object wanted)
{
    wanted.content["metadata"].as_object()["resourceVersion"] = "1";
    return wanted;
}

kube::object with_containers(std::string const& name, std::string const& containers)
{
    kube::object made = cluster_named(name);
    json::object& head = made.content["spec"].as_object()["headGroupSpec"].as_object();
    head["template"].as_object()["spec"].as_object()["containers"] = json::parse(containers);
    return made;
}

}  // namespace

KUBERAY_CONTRACT(apply_creates_and_a_second_apply_changes_nothing)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::apply_params const mine = applied_by("tester");
    kube::object const first = co_await clusters.apply(wanted, mine);
    EXPECT_EQ(text_at(first, "metadata.managedFields.0.manager"), "tester");
    EXPECT_EQ(text_at(first, "metadata.managedFields.0.operation"), "Apply");
    kube::object const second = co_await clusters.apply(wanted, mine);
    EXPECT_EQ(second.metadata.resource_version, first.metadata.resource_version);
    EXPECT_EQ(second.metadata.generation, 1);
}

KUBERAY_CONTRACT(apply_with_resource_version_1_creates_only)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = only_if_absent(cluster_named("demo"));
    kube::apply_params const mine = applied_by("tester");
    kube::object const first = co_await clusters.apply(wanted, mine);
    EXPECT_EQ(first.metadata.name, "demo");
    EXPECT_NE(first.metadata.resource_version, "1");
    kube::object const changed = only_if_absent(cluster_with("demo", "rayVersion", "9.9.9"));
    task<kube::object> again = clusters.apply(changed, mine);
    result<kube::object> const second = co_await as_result(std::move(again));
    error const why = refused(second);
    EXPECT_EQ(why.code(), reason::conflict);
    EXPECT_TRUE(kuberay::contract::said(why).causes.empty());
    kube::object const read = co_await clusters.get("demo");
    EXPECT_EQ(read.metadata.resource_version, first.metadata.resource_version);
}

KUBERAY_CONTRACT(apply_conflicts_name_manager_and_field)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const first = cluster_with("demo", "rayVersion", "2.1.0");
    kube::apply_params const one = applied_by("one");
    kube::apply_params const two = applied_by("two");
    kube::object const made = co_await clusters.apply(first, one);
    kube::object const other = cluster_with("demo", "rayVersion", "2.2.0");
    task<kube::object> applying = clusters.apply(other, two);
    result<kube::object> const applied = co_await as_result(std::move(applying));
    error const why = refused(applied);
    EXPECT_EQ(why.code(), reason::conflict);
    EXPECT_EQ(
        kuberay::contract::said(why).message, "Apply failed with 1 conflict: conflict with \"one\": .spec.rayVersion"
    );
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).reason, "FieldManagerConflict");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).message, "conflict with \"one\"");
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, ".spec.rayVersion");

    kube::apply_params forced = two;
    forced.force = true;
    kube::object const taken = co_await clusters.apply(other, forced);
    EXPECT_EQ(text_at(taken, "spec.rayVersion"), "2.2.0");
    EXPECT_EQ(taken.metadata.generation, 2);
    task<kube::object> returning = clusters.apply(first, one);
    result<kube::object> const returned = co_await as_result(std::move(returning));
    error const now_theirs = refused(returned);
    EXPECT_EQ(kuberay::contract::said(now_theirs).causes.at(0).message, "conflict with \"two\"");
}

KUBERAY_CONTRACT(equal_values_are_shared_and_stay_until_the_last_owner_drops_them)
{
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const both = config_map("shared", "a", "1");
    kube::apply_params const one = applied_by("one");
    kube::apply_params const two = applied_by("two");
    kube::object const first = co_await maps.apply(both, one);
    kube::object const second = co_await maps.apply(both, two);
    kube::object const without = config_map("shared", "b", "2");
    kube::object const dropped = co_await maps.apply(without, one);
    EXPECT_EQ(text_at(dropped, "data"), R"({"a":"1","b":"2"})");
    kube::object const gone = co_await maps.apply(without, two);
    EXPECT_EQ(text_at(gone, "data"), R"({"b":"2"})");
}

KUBERAY_CONTRACT(worker_groups_are_one_field_for_apply)
{
    kube::api<kube::object> const clusters = at.clusters();
    json::value const groups = json::parse(R"([{"groupName": "pool", "minReplicas": 0, "maxReplicas": 3, "replicas": 1,
        "rayStartParams": {}, "template": {"spec": {"containers": [{"name": "w", "image": "x"}]}}}])");
    kube::object const first = cluster_with("demo", "workerGroupSpecs", groups);
    kube::apply_params const one = applied_by("one");
    kube::apply_params const two = applied_by("two");
    kube::object const made = co_await clusters.apply(first, one);
    json::value const none = json::array();
    kube::object const other = cluster_with("demo", "workerGroupSpecs", none);
    task<kube::object> applying = clusters.apply(other, two);
    result<kube::object> const applied = co_await as_result(std::move(applying));
    error const why = refused(applied);
    EXPECT_EQ(kuberay::contract::said(why).causes.size(), 1u);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).field, ".spec.workerGroupSpecs");
}

KUBERAY_CONTRACT(containers_are_merged_by_name)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const first = with_containers("demo", R"([{"name": "ray", "image": "x"}])");
    kube::object const other = with_containers(
        "demo", R"([{"name": "ray", "env": [{"name": "A", "value": "1"}]}, {"name": "side", "image": "y"}])"
    );
    kube::apply_params const one = applied_by("one");
    kube::apply_params const two = applied_by("two");
    kube::object const made = co_await clusters.apply(first, one);
    kube::object const merged = co_await clusters.apply(other, two);
    EXPECT_EQ(text_at(merged, "spec.headGroupSpec.template.spec.containers.0.name"), "ray");
    EXPECT_EQ(text_at(merged, "spec.headGroupSpec.template.spec.containers.0.image"), "x");
    EXPECT_EQ(text_at(merged, "spec.headGroupSpec.template.spec.containers.0.env.0.value"), "1");
    EXPECT_EQ(text_at(merged, "spec.headGroupSpec.template.spec.containers.1.name"), "side");
    kube::object const clash = with_containers("demo", R"([{"name": "ray", "image": "z"}])");
    task<kube::object> applying = clusters.apply(clash, two);
    result<kube::object> const applied = co_await as_result(std::move(applying));
    error const why = refused(applied);
    EXPECT_EQ(
        kuberay::contract::said(why).causes.at(0).field,
        R"(.spec.headGroupSpec.template.spec.containers[name="ray"].image)"
    );
}

KUBERAY_CONTRACT(a_patched_field_belongs_to_the_patcher)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const first = cluster_with("demo", "rayVersion", "2.1.0");
    kube::apply_params const one = applied_by("one");
    kube::object const made = co_await clusters.apply(first, one);
    json::value const document = json::parse(R"({"spec": {"rayVersion": "2.3.0"}})");
    kube::patch_body const body = kube::patch_body::merge(document);
    kube::write_params params;
    params.field_manager = "patcher";
    kube::object const patched = co_await clusters.patch("demo", body, params);
    EXPECT_EQ(text_at(patched, "spec.rayVersion"), "2.3.0");
    task<kube::object> applying = clusters.apply(first, one);
    result<kube::object> const applied = co_await as_result(std::move(applying));
    error const why = refused(applied);
    EXPECT_EQ(kuberay::contract::said(why).causes.at(0).message, "conflict with \"patcher\" using ray.io/v1");
}

KUBERAY_CONTRACT(apply_of_an_undeclared_field_is_refused)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_with("demo", "noSuchField", 1);
    kube::apply_params const mine = applied_by("tester");
    task<kube::object> applying = clusters.apply(wanted, mine);
    result<kube::object> const applied = co_await as_result(std::move(applying));
    error const why = refused(applied);
    EXPECT_EQ(why.code(), reason::internal);
    // The client says it in a sentence of its own.
    EXPECT_NE(why.message().find("spec.noSuchField"), std::string::npos) << why.message();
}
