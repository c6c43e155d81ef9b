#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/group_edit.hpp>
#include <kuberay/ray/scale.hpp>
#include <kuberay/ray/suspend.hpp>
#include <kuberay/ray/worker_groups.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

using test::server_and_client;

constexpr std::string_view two_groups = R"("spec": {"rayVersion": "2.52.0", "headServiceAnnotations": {"kept": "yes"},
    "headGroupSpec": {"template": {"spec": {"containers": [{"name": "ray-head", "image": "my/ray:1"}]}}},
    "workerGroupSpecs": [
        {"groupName": "small", "replicas": 1, "minReplicas": 0, "maxReplicas": 5, "numOfHosts": 1, "template": {}},
        {"groupName": "big", "replicas": 1, "minReplicas": 0, "maxReplicas": 5, "numOfHosts": 1, "template": {}}]})";

std::vector<group_scale> to_replicas(std::string group, std::int32_t replicas)
{
    group_scale wanted;
    wanted.group = std::move(group);
    wanted.replicas = replicas;
    return {wanted};
}

json::value stored(server_and_client& on) { return on.server.find("rayclusters.ray.io", "default", "demo").value(); }

KUBERAY_CO_TEST(scale_cluster, changes_only_the_number_asked_for)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    std::vector<group_scale> const wanted = to_replicas("big", 3);
    edit_options const options;
    edit_outcome const done = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_THAT(done.changes, ::testing::ElementsAre(field_change("big: replicas", "1", "3")));
    json::value const now = stored(on);
    EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.1.replicas"), 3);
    EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.0.replicas"), 1);
    EXPECT_EQ(string_at(now, "spec.headServiceAnnotations.kept"), "yes") << "another writer's field is kept";
}

KUBERAY_CO_TEST(scale_cluster, writes_nothing_when_there_is_nothing_to_change)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    std::vector<group_scale> const wanted = to_replicas("big", 1);
    edit_options const options;
    edit_outcome const done = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_TRUE(done.changes.empty());
    EXPECT_EQ(on.server.journal().size(), 1U);
}

KUBERAY_CO_TEST(scale_cluster, tries_again_when_it_was_overtaken_and_gives_up_after_five_times)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    on.server.inject(testing::fault::status(409, "Conflict", "busy").on("PATCH", "/apis/ray.io").times(4));
    std::vector<group_scale> const wanted = to_replicas("big", 3);
    edit_options const options;
    edit_outcome const done = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_EQ(done.changes.size(), 1U);

    on.server.inject(testing::fault::status(422, "Invalid", "rejected").on("PATCH", "/apis/ray.io").times(5));
    std::vector<group_scale> const back = to_replicas("big", 1);
    task<edit_outcome> trying = scale_cluster(on.client, "default", "demo", back, options);
    result<edit_outcome> const ended = co_await as_result(std::move(trying));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == reason::conflict);
    json::value const now = stored(on);
    EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.1.replicas"), 3);
}

KUBERAY_CO_TEST(scale_cluster, an_autoscaler_beside_it_loses_nothing)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    edit_options const options;
    int gave_up = 0;
    for (int round = 0; round < 200; ++round) {
        // Another writer changes the other group at the same time.
        std::int32_t const here = 1 + round % 4;
        std::int32_t const there = 1 + (round + 1) % 4;
        std::vector<task<edit_outcome>> both;
        both.push_back(scale_cluster(on.client, "default", "demo", to_replicas("small", here), options));
        both.push_back(scale_cluster(on.client, "default", "demo", to_replicas("big", there), options));
        std::vector<result<edit_outcome>> const ended = co_await run_all(std::move(both));
        for (auto const& one : ended)
            if (one.has_error()) ++gave_up;
        json::value const now = stored(on);
        EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.0.replicas"), here);
        EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.1.replicas"), there);
    }
    EXPECT_EQ(gave_up, 0);
}

KUBERAY_CO_TEST(scale_cluster, a_cluster_of_a_job_is_left_alone_without_force)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string const owned = R"({"apiVersion": "ray.io/v1", "kind": "RayCluster", "metadata": {"name": "demo",
        "namespace": "default", "ownerReferences": [{"apiVersion": "ray.io/v1", "kind": "RayJob", "name": "nightly",
        "uid": "u", "controller": true}]}, )"
                              + std::string(two_groups) + "}";
    on.put(owned);
    std::vector<group_scale> const wanted = to_replicas("big", 2);
    edit_options options;
    task<edit_outcome> trying = scale_cluster(on.client, "default", "demo", wanted, options);
    result<edit_outcome> const refused = co_await as_result(std::move(trying));
    EXPECT_TRUE(refused.has_error() && refused.error().code() == errc::bad_input);
    EXPECT_THAT(test::message_of(refused), ::testing::HasSubstr("controlled by RayJob/nightly"));
    options.force = true;
    edit_outcome const done = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_EQ(done.changes.size(), 1U);
}

KUBERAY_CO_TEST(scale_cluster, a_dry_run_stores_nothing)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    std::vector<group_scale> const wanted = to_replicas("big", 2);
    edit_options options;
    options.dry_run = true;
    edit_outcome const done = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_EQ(done.changes.size(), 1U);
    json::value const now = stored(on);
    EXPECT_EQ(int_at(now, "spec.workerGroupSpecs.1.replicas"), 1);
}

KUBERAY_CO_TEST(wait_groups_ready, counts_ready_pods_and_waits_for_surplus_ones_to_go)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    on.put_pod("p1", "demo", "big", false);
    on.put_pod("p2", "demo", "big", true);
    std::vector<std::string> seen;
    auto const report = [&](std::string const& group, int ready, int wanted) {
        seen.push_back(group + " " + std::to_string(ready) + "/" + std::to_string(wanted));
        if (seen.size() == 1) on.server.remove("pods", "default", "p1");
    };
    std::function<void(std::string const&, int, int)> const sink = report;
    std::vector<std::string> const groups{"big"};
    co_await wait_groups_ready(on.client, "default", "demo", groups, std::chrono::seconds(20), sink);
    EXPECT_EQ(seen.front(), "big 1/1");
    EXPECT_GE(seen.size(), 2U);
}

KUBERAY_CO_TEST(wait_groups_ready, leaves_surplus_pods_to_an_autoscaler_that_may_never_come)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string spec(two_groups);
    spec.insert(spec.find('{') + 1, "\"enableInTreeAutoscaling\": true, ");
    on.put_cluster("demo", spec);
    on.put_pod("p1", "demo", "big", true);
    on.put_pod("p2", "demo", "big", true);
    on.put_pod("p3", "demo", "big", false);
    std::vector<std::string> const groups{"big"};
    std::function<void(std::string const&, int, int)> const no_sink;
    co_await wait_groups_ready(on.client, "default", "demo", groups, std::chrono::seconds(20), no_sink);
    std::vector<group_scale> const wanted = to_replicas("big", 0);
    edit_options const options;
    edit_outcome const less = co_await scale_cluster(on.client, "default", "demo", wanted, options);
    EXPECT_TRUE(leaves_surplus_to_autoscaler(less));
    std::vector<group_scale> const more = to_replicas("big", 2);
    edit_outcome const grown = co_await scale_cluster(on.client, "default", "demo", more, options);
    EXPECT_FALSE(leaves_surplus_to_autoscaler(grown));
}

KUBERAY_CO_TEST(worker_group, of_an_autoscaled_cluster_is_removed_by_naming_its_pods)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    std::string spec(two_groups);
    spec.insert(spec.find('{') + 1, "\"enableInTreeAutoscaling\": true, ");
    on.put_cluster("demo", spec);
    on.put_pod("p1", "demo", "big", true);
    on.put_pod("p2", "demo", "small", true);
    edit_options const options;
    std::chrono::milliseconds const at_once(1);  // nobody takes the pod away
    task<edit_outcome> removing = delete_worker_group(on.client, "default", "demo", "big", at_once, options);
    result<edit_outcome> const ended = co_await as_result(std::move(removing));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::timed_out);
    json::value const now = stored(on);
    EXPECT_EQ(string_at(now, "spec.workerGroupSpecs.1.scaleStrategy.workersToDelete.0"), "p1");
    EXPECT_EQ(find_path(now, "spec.workerGroupSpecs.1.scaleStrategy.workersToDelete.1"), nullptr);
}

KUBERAY_CO_TEST(worker_group, is_added_with_the_clusters_image_and_removed_after_its_pods)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    cluster_config const config;
    worker_group_config group = default_worker_group();
    group.name = "new";
    edit_options const options;
    edit_outcome const added = co_await create_worker_group(on.client, "default", "demo", config, group, options);
    EXPECT_THAT(added.changes, ::testing::ElementsAre(field_change("worker group", "", "new")));
    json::value const now = stored(on);
    EXPECT_EQ(string_at(now, "spec.workerGroupSpecs.2.template.spec.containers.0.image"), "my/ray:1");

    on.put_pod("p", "demo", "new", true);
    // The operator removes the pods of a group that was scaled to 0.
    on.server.on_change([&](std::string_view, json::object const& object) {
        json::value const document(object);
        if (int_at(document, "spec.workerGroupSpecs.2.replicas") == 0) on.server.remove("pods", "default", "p");
    });
    edit_outcome const removed =
        co_await delete_worker_group(on.client, "default", "demo", "new", std::chrono::seconds(20), options);
    EXPECT_EQ(removed.changes.size(), 1U);
    json::value const after = stored(on);
    EXPECT_EQ(find_path(after, "spec.workerGroupSpecs.2"), nullptr);
    EXPECT_TRUE(on.server.all("pods").empty());
}

KUBERAY_CO_TEST(list_worker_groups, asks_twice_whatever_the_number_of_groups)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    on.put_cluster("other", two_groups);
    on.put_pod("p1", "demo", "big", true);
    worker_group_query query;
    std::vector<worker_group_row> const rows = co_await list_worker_groups(on.client, query);
    EXPECT_EQ(rows.size(), 4U);
    EXPECT_EQ(on.server.journal().size(), 2U);
    EXPECT_EQ(rows[1].name, "big");
    EXPECT_EQ(rows[1].ready, 1);
    query.group = "nowhere";
    task<std::vector<worker_group_row>> asking = list_worker_groups(on.client, query);
    result<std::vector<worker_group_row>> const none = co_await as_result(std::move(asking));
    EXPECT_TRUE(none.has_error() && none.error().code() == reason::not_found);
}

KUBERAY_CO_TEST(set_suspension, suspends_a_cluster_and_waits_until_it_says_so)
{
    auto const executor = co_await asio::this_coro::executor;
    server_and_client on(executor);
    on.put_cluster("demo", two_groups);
    target const what(target_kind::cluster, "demo");
    edit_options const options;
    edit_outcome const done = co_await set_suspension(on.client, "default", what, suspension::suspend, options);
    EXPECT_EQ(done.changes.size(), 1U);
    on.put_cluster("demo", R"("spec": {"suspend": true}, "status": {"state": "suspended"})");
    co_await wait_suspended(on.client, "default", what, std::chrono::seconds(20));
    target const missing(target_kind::cluster, "nobody");
    task<void> waiting = wait_suspended(on.client, "default", missing, std::chrono::seconds(20));
    result<void> const ended = co_await as_result(std::move(waiting));
    EXPECT_TRUE(ended.has_error() && ended.error().code() == errc::unsatisfiable);
}

}  // namespace
}  // namespace kuberay::ray
