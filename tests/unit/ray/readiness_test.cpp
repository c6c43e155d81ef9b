#include "ray/pod_trouble.hpp"
#include "ray/readiness.hpp"

#include <kuberay/base/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

using testing::HasSubstr;
using time_point = readiness::time_point;

time_point at(int seconds) { return time_point() + std::chrono::seconds(seconds); }

kube::watch_event<cluster> cluster_event(kube::change change, std::string_view uid, std::string_view rest = "")
{
    kube::watch_event<cluster> event;
    event.change = change;
    std::string text = R"({"metadata": {"name": "demo", "uid": ")" + std::string(uid) + R"("})";
    if (!rest.empty()) text += ", " + std::string(rest);
    event.object = cluster::from_json(parse_json(text + "}").value());
    return event;
}

kube::watch_event<cluster> changed(std::string_view rest = "")
{
    return cluster_event(kube::change::modified, "u1", rest);
}

kube::watch_event<kube::pod> pod_event(std::string_view text, kube::change change = kube::change::modified)
{
    kube::watch_event<kube::pod> event;
    event.change = change;
    event.object = kube::pod::from_json(parse_json(text).value());
    return event;
}

readiness fresh() { return readiness("demo", "u1", std::chrono::seconds(60)); }

constexpr std::string_view quota = R"("status": {"conditions": [{"type": "ReplicaFailure", "status": "True",
    "reason": "FailedCreateHeadPod", "message": "exceeded quota"}]})";

TEST(readiness, ends_when_the_cluster_was_provisioned)
{
    readiness r = fresh();
    EXPECT_FALSE(r.verdict(at(0)));
    r.see(changed(), at(0));
    EXPECT_FALSE(r.is_ready());
    r.see(changed(R"("status": {"conditions": [{"type": "RayClusterProvisioned", "status": "True"}]})"), at(1));
    EXPECT_TRUE(r.is_ready());
    EXPECT_EQ(r.now().metadata.uid, "u1");
}

TEST(readiness, a_failure_is_told_at_once_but_ends_the_wait_only_after_its_time)
{
    readiness r = fresh();
    r.see(changed(quota), at(10));
    EXPECT_THAT(r.report().messages, testing::ElementsAre("ReplicaFailure: FailedCreateHeadPod: exceeded quota"));
    EXPECT_EQ(r.next_check(), at(70));
    EXPECT_FALSE(r.verdict(at(69)));
    ASSERT_TRUE(r.verdict(at(70)));
    EXPECT_EQ(r.verdict(at(70))->code(), errc::unsatisfiable);
    EXPECT_THAT(r.verdict(at(70))->message(), HasSubstr("exceeded quota"));
}

TEST(readiness, a_failure_that_healed_starts_anew)
{
    readiness r = fresh();
    r.see(changed(quota), at(10));
    r.see(changed(), at(60));
    EXPECT_FALSE(r.next_check());
    r.see(changed(R"("status": {"state": "failed", "reason": "bad spec"})"), at(65));
    EXPECT_FALSE(r.verdict(at(100)));
    ASSERT_TRUE(r.verdict(at(125)));
    EXPECT_THAT(r.verdict(at(125))->message(), HasSubstr("state failed: bad spec"));
}

TEST(readiness, provisioned_in_spite_of_pods_that_could_not_be_created_is_not_ready)
{
    readiness r = fresh();
    r.see(
        changed(R"("status": {"state": "ready", "conditions": [{"type": "RayClusterProvisioned", "status": "True"},
            {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreateWorkerPod",
                "message": "FailedCreateWorkerPod\npods are forbidden:\nexceeded quota"}]})"),
        at(0)
    );
    EXPECT_FALSE(r.is_ready());
    EXPECT_THAT(
        r.report().messages,
        testing::ElementsAre("ReplicaFailure: FailedCreateWorkerPod: pods are forbidden: exceeded quota")
    );
    r.see(changed(R"("status": {"conditions": [{"type": "RayClusterProvisioned", "status": "True"}]})"), at(1));
    EXPECT_TRUE(r.is_ready());
}

TEST(readiness, deletion_and_replacement_end_it_at_once)
{
    readiness deleted = fresh();
    deleted.see(changed(), at(0));
    deleted.see(cluster_event(kube::change::deleted, "u1"), at(1));
    EXPECT_THAT(deleted.verdict(at(1))->message(), HasSubstr("was deleted"));

    readiness replaced = fresh();
    replaced.see(cluster_event(kube::change::added, "u2"), at(0));
    EXPECT_THAT(replaced.verdict(at(0))->message(), HasSubstr("another RayCluster"));

    readiness absent = fresh();
    absent.see(cluster_event(kube::change::synced, ""), at(0));
    EXPECT_TRUE(absent.verdict(at(0)));

    readiness suspended = fresh();
    suspended.see(changed(R"("spec": {"suspend": true})"), at(0));
    EXPECT_THAT(suspended.verdict(at(0))->message(), HasSubstr("suspended"));
}

TEST(readiness, the_end_of_a_predecessor_does_not_count)
{
    readiness r = fresh();
    r.see(cluster_event(kube::change::deleted, "u0"), at(0));
    r.see(changed(), at(1));
    EXPECT_FALSE(r.verdict(at(1)));
}

TEST(readiness, pods_are_counted_against_replicas_times_hosts)
{
    readiness r = fresh();
    r.see(
        changed(R"("spec": {"workerGroupSpecs": [{"groupName": "a", "replicas": 2, "numOfHosts": 3},
        {"groupName": "b", "replicas": 5, "suspend": true}]})"),
        at(0)
    );
    r.see(pod_event(R"({"metadata": {"name": "p1"}, "status": {"phase": "Running",
        "conditions": [{"type": "Ready", "status": "True"}]}})"));
    r.see(pod_event(R"({"metadata": {"name": "p2"}, "status": {"phase": "Pending"}})"));
    r.see(pod_event(R"({"metadata": {"name": "old", "ownerReferences": [{"uid": "u0", "controller": true}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}})"));
    EXPECT_EQ(r.report().pods_wanted, 7);
    EXPECT_EQ(r.report().pods_ready, 1);
    r.see(pod_event(R"({"metadata": {"name": "p1"}})", kube::change::deleted));
    EXPECT_EQ(r.report().pods_ready, 0);
}

constexpr std::string_view waiting_pod = R"({"metadata": {"name": "p"}, "status": {"phase": "Pending",
    "containerStatuses": [{"name": "ray-head", "state": {"waiting": {"reason": "REASON", "message": "why"}}}]}})";

std::string pod_waiting_for(std::string_view reason)
{
    std::string text(waiting_pod);
    return text.replace(text.find("REASON"), 6, reason);
}

TEST(readiness, only_an_invalid_image_name_is_hopeless)
{
    for (char const* shown : {"ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "CrashLoopBackOff"}) {
        readiness r = fresh();
        r.see(changed(), at(0));
        r.see(pod_event(pod_waiting_for(shown)));
        EXPECT_FALSE(r.verdict(at(1000))) << shown;
        ASSERT_EQ(r.report().troubles.size(), 1U) << shown;
        EXPECT_EQ(r.report().troubles[0].reason, shown);
        EXPECT_EQ(r.report().troubles[0].container, "ray-head");
    }
    readiness r = fresh();
    r.see(changed(), at(0));
    r.see(pod_event(pod_waiting_for("InvalidImageName")));
    EXPECT_THAT(r.verdict(at(0))->message(), HasSubstr("pod p: InvalidImageName"));
}

TEST(readiness, a_starting_pod_is_no_trouble_and_an_unschedulable_one_says_why)
{
    EXPECT_TRUE(troubles_of(pod_event(pod_waiting_for("ContainerCreating")).object).empty());
    auto const found = troubles_of(pod_event(R"({"metadata": {"name": "p"}, "status": {"phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available: 3 Insufficient cpu."}]}})")
                                       .object);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].reason, "Unschedulable");
    EXPECT_THAT(found[0].message, HasSubstr("Insufficient cpu"));
}

TEST(readiness, a_container_that_dies_again_and_again_says_of_what)
{
    auto const found = troubles_of(pod_event(R"({"metadata": {"name": "p"}, "status": {"phase": "Running",
        "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]}})")
                                       .object);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].message, "last ended with OOMKilled (exit code 137)");
}

TEST(readiness, without_rights_to_pods_it_goes_on_and_says_so)
{
    readiness r = fresh();
    r.without_pods(error(errc::unexpected, "forbidden"));
    EXPECT_THAT(r.report().messages, testing::ElementsAre("the pods cannot be watched: forbidden"));
    EXPECT_FALSE(r.verdict(at(0)));
}

}  // namespace
}  // namespace kuberay::ray
