#include "ray/rayjob_view.hpp"

#include <kuberay/base/json.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

kube::watch_event<job> event_of(kube::change change, std::string const& uid, std::string const& status)
{
    kube::watch_event<job> event;
    event.change = change;
    event.object = job::from_json(
        parse_json(R"({"metadata": {"name": "train", "uid": ")" + uid + R"("}, "status": )" + status + "}").value()
    );
    return event;
}

rayjob_view seen(std::vector<kube::watch_event<job>> events)
{
    rayjob_view view("train", "u1");
    for (auto& event : events)
        view.see(std::move(event));
    return view;
}

std::string verdict_of(rayjob_view const& view)
{
    auto const verdict = view.verdict();
    return verdict ? verdict->message() : "none";
}

TEST(rayjob_view, judges_every_state)
{
    struct row {
        char const *status, *verdict;
        bool is_touched, is_over, has_outcome;
    };
    for (row const& r :
         {row{"{}", "none", false, false, false},
          row{R"({"jobDeploymentStatus": "Initializing"})", "none", true, false, false},
          row{R"({"rayClusterName": "c"})", "none", true, false, false},
          row{R"({"jobDeploymentStatus": "Running", "jobStatus": "RUNNING"})", "none", true, false, false},
          row{R"({"jobDeploymentStatus": "Suspended"})", "none", true, false, false},
          row{R"({"jobDeploymentStatus": "Retrying", "jobStatus": "FAILED"})", "none", true, false, true},
          row{R"({"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED"})", "none", true, true, true},
          row{R"({"jobDeploymentStatus": "Complete", "jobStatus": "STOPPED"})", "none", true, true, true},
          row{R"({"jobDeploymentStatus": "Failed", "reason": "AppFailed", "message": "m", "jobStatus": "FAILED"})",
              R"(the RayJob "train" failed: AppFailed: m)", true, true, true},
          row{R"({"jobDeploymentStatus": "ValidationFailed", "reason": "ValidationFailed", "message": "m"})",
              R"(the RayJob "train" was refused by the operator: m)", true, true, false}}) {
        rayjob_view const view = seen({event_of(kube::change::added, "u1", r.status)});
        EXPECT_EQ(verdict_of(view), r.verdict) << r.status;
        EXPECT_EQ(view.is_touched(), r.is_touched) << r.status;
        EXPECT_EQ(view.is_over(), r.is_over) << r.status;
        EXPECT_EQ(view.has_outcome(), r.has_outcome) << r.status;
    }
}

TEST(rayjob_view, knows_its_own_from_others_of_the_name)
{
    auto const added = [](char const* uid) { return event_of(kube::change::added, uid, "{}"); };
    auto const deleted = [](char const* uid) { return event_of(kube::change::deleted, uid, "{}"); };
    kube::watch_event<job> synced;
    synced.change = kube::change::synced;
    EXPECT_EQ(verdict_of(seen({added("u1"), synced})), "none");
    EXPECT_THAT(verdict_of(seen({synced})), ::testing::EndsWith("it was deleted"));
    EXPECT_THAT(verdict_of(seen({added("u1"), deleted("u1")})), ::testing::EndsWith("it was deleted"));
    EXPECT_EQ(verdict_of(seen({deleted("u0"), added("u1")})), "none") << "the predecessor's end";
    EXPECT_THAT(verdict_of(seen({added("u2")})), ::testing::EndsWith("another RayJob of that name was created"));
    kube::watch_event<job> other = added("u9");
    other.object.metadata.name = "other";
    EXPECT_EQ(verdict_of(seen({added("u1"), other})), "none");
    kube::watch_event<job> dying = added("u1");
    dying.object.metadata.deletion_timestamp = timestamp();
    EXPECT_THAT(verdict_of(seen({dying})), ::testing::EndsWith("it is being deleted"));
}

TEST(rayjob_view, a_finalizer_or_another_manager_counts_as_touched)
{
    kube::watch_event<job> event = event_of(kube::change::added, "u1", "{}");
    event.object.metadata.finalizers.push_back("ray.io/rayjob-finalizer");
    EXPECT_TRUE(seen({event}).is_touched());
    event.object.metadata.finalizers.clear();
    event.object.spec.managed_by = "ray.io/kuberay-operator";
    EXPECT_FALSE(seen({event}).is_touched());
    event.object.spec.managed_by = "kueue.x-k8s.io/multikueue";
    EXPECT_TRUE(seen({event}).is_touched());
}

TEST(rayjob_view, tells_its_state_for_messages)
{
    EXPECT_EQ(seen({}).state(), "not touched by the operator yet");
    EXPECT_EQ(
        seen({event_of(kube::change::added, "u1", R"({"jobDeploymentStatus": "Initializing", "message": "a\nb"})")})
            .state(),
        "Initializing: a^Jb"
    );
}

}  // namespace
}  // namespace kuberay::ray
