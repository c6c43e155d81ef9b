#include "place.hpp"

#include <kuberay/kube/wait.hpp>

#include <boost/json/parse.hpp>

using namespace kuberay;
using namespace std::chrono_literals;
using kuberay::contract::cluster_named;
using kuberay::contract::config_map;
using kuberay::contract::place;
using kuberay::contract::refused;
using kuberay::contract::text_at;

namespace {

kube::object owned_by(kube::object const& owner, std::string const& name)
{
    kube::object map = config_map(name, "a", "b");
    json::object reference;
    reference["apiVersion"] = owner.api_version();
    reference["kind"] = owner.kind();
    reference["name"] = owner.metadata.name;
    reference["uid"] = owner.metadata.uid;
    reference["controller"] = true;
    reference["blockOwnerDeletion"] = true;
    map.content["metadata"].as_object()["ownerReferences"] = json::array(1, json::value(reference));
    return map;
}

task<void> wait_until_absent(kube::api<kube::object> of, std::string name)
{
    kube::predicate<kube::object> const absent = [](std::optional<kube::object> const& now) {
        return !now.has_value();
    };
    std::optional<kube::object> const last = co_await kube::wait_until(of, name, absent, 60s);
}

}  // namespace

KUBERAY_CONTRACT(remove_removes_and_a_second_remove_says_not_found)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    kube::remove_params const params;
    json::value const answer = co_await clusters.core().remove("demo", params);
    EXPECT_EQ(answer.at("status"), json::value("Success"));
    EXPECT_EQ(answer.at("details").at("uid"), json::value(made.metadata.uid));
    std::optional<kube::object> const found = co_await clusters.find("demo");
    EXPECT_FALSE(found.has_value());
    task<void> again = clusters.remove("demo");
    result<void> const second = co_await as_result(std::move(again));
    EXPECT_EQ(refused(second).code(), reason::not_found);
}

KUBERAY_CONTRACT(preconditions_protect_another_object_of_the_same_name)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    kube::remove_params other_uid;
    other_uid.uid = "00000000-1111-4222-8333-444444444444";
    task<void> removing = clusters.remove("demo", other_uid);
    result<void> const removed = co_await as_result(std::move(removing));
    error const why = refused(removed);
    EXPECT_EQ(why.code(), reason::conflict);
    EXPECT_EQ(
        kuberay::contract::said(why).message,
        "Operation cannot be fulfilled on RayCluster.ray.io \"demo\": the UID in the precondition (" + other_uid.uid
            + ") does not match the UID in record (" + made.metadata.uid
            + "). The object might have been deleted and then recreated"
    );
    kube::remove_params other_version;
    other_version.resource_version = "1";
    task<void> removing_version = clusters.remove("demo", other_version);
    result<void> const removed_version = co_await as_result(std::move(removing_version));
    EXPECT_EQ(refused(removed_version).code(), reason::conflict);
    kube::remove_params right;
    right.uid = made.metadata.uid;
    co_await clusters.remove("demo", right);
    std::optional<kube::object> const found = co_await clusters.find("demo");
    EXPECT_FALSE(found.has_value());
}

KUBERAY_CONTRACT(a_dry_run_removes_nothing)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object const wanted = cluster_named("demo");
    kube::object const made = co_await clusters.create(wanted);
    kube::remove_params params;
    params.dry_run = true;
    co_await clusters.remove("demo", params);
    kube::object const still = co_await clusters.get("demo");
    EXPECT_EQ(still.metadata.uid, made.metadata.uid);
    EXPECT_FALSE(still.metadata.deletion_timestamp.has_value());
}

KUBERAY_CONTRACT(dependents_follow_their_owner_in_the_background)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const wanted = cluster_named("owner");
    kube::object const owner = co_await clusters.create(wanted);
    kube::object const dependent = owned_by(owner, "dependent");
    kube::object const made = co_await maps.create(dependent);
    kube::remove_params params;
    params.propagation = kube::propagation::background;
    co_await clusters.remove("owner", params);
    co_await wait_until_absent(maps, "dependent");
}

KUBERAY_CONTRACT(a_foreground_delete_removes_the_owner_last)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const wanted = cluster_named("owner");
    kube::object const owner = co_await clusters.create(wanted);
    kube::object const dependent = owned_by(owner, "dependent");
    kube::object const made = co_await maps.create(dependent);
    kube::remove_params params;
    params.propagation = kube::propagation::foreground;
    json::value const answer = co_await clusters.core().remove("owner", params);
    kube::object const marked(answer.as_object());
    EXPECT_TRUE(marked.metadata.deletion_timestamp.has_value());
    EXPECT_EQ(marked.metadata.finalizers, std::vector<std::string>{"foregroundDeletion"});
    co_await wait_until_absent(clusters, "owner");
    std::optional<kube::object> const left = co_await maps.find("dependent");
    EXPECT_FALSE(left.has_value());
}

KUBERAY_CONTRACT(orphans_lose_their_owner_and_stay)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::api<kube::object> const maps = at.configmaps();
    kube::object const wanted = cluster_named("owner");
    kube::object const owner = co_await clusters.create(wanted);
    kube::object const dependent = owned_by(owner, "dependent");
    kube::object const made = co_await maps.create(dependent);
    kube::remove_params params;
    params.propagation = kube::propagation::orphan;
    co_await clusters.remove("owner", params);
    co_await wait_until_absent(clusters, "owner");
    kube::object const left = co_await maps.get("dependent");
    EXPECT_TRUE(left.metadata.owner_references.empty());
}

KUBERAY_CONTRACT(finalizers_hold_an_object_until_they_are_gone)
{
    kube::api<kube::object> const clusters = at.clusters();
    kube::object wanted = cluster_named("demo");
    wanted.content["metadata"].as_object()["finalizers"] = json::array(1, json::value("contract.example/hold"));
    kube::object const made = co_await clusters.create(wanted);
    co_await clusters.remove("demo");
    kube::object const held = co_await clusters.get("demo");
    EXPECT_TRUE(held.metadata.deletion_timestamp.has_value());
    json::value const document = json::parse(R"({"metadata": {"finalizers": null}})");
    kube::patch_body const body = kube::patch_body::merge(document);
    kube::object const released = co_await clusters.patch("demo", body);
    std::optional<kube::object> const found = co_await clusters.find("demo");
    EXPECT_FALSE(found.has_value());
}

KUBERAY_CONTRACT(remove_collection_removes_what_is_selected)
{
    kube::api<kube::object> const maps = at.configmaps();
    static constexpr char const* names[] = {"red", "blue"};
    for (char const* name : names) {
        kube::object map = config_map(name, "a", "b");
        map.content["metadata"].as_object()["labels"] = json::object({{"team", name}});
        kube::object const made = co_await maps.create(map);
    }
    kube::list_params which;
    which.label_selector = "team=red";
    co_await maps.remove_collection(which);
    std::optional<kube::object> const red = co_await maps.find("red");
    EXPECT_FALSE(red.has_value());
    std::optional<kube::object> const blue = co_await maps.find("blue");
    EXPECT_TRUE(blue.has_value());
}
