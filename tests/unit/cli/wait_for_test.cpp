#include "commands/wait_for.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace cli::commands {
namespace {

enum class verdict { yes, no, never };

struct state_row {
    ray::target_kind kind;
    char const* wanted;
    char const* object;
    verdict expected;
};

verdict verdict_of(state_row const& row)
{
    result<wanted_state> const wanted = parse_wanted_state(row.wanted);
    try {
        bool const so = is_in_state(row.kind, kuberay::parse_json(row.object).value().as_object(), wanted.value());
        return so ? verdict::yes : verdict::no;
    } catch (failure const& failed) {
        EXPECT_EQ(failed.error().code(), errc::unsatisfiable);
        return verdict::never;
    }
}

TEST(wait_for, states_are_read_from_conditions_and_status)
{
    using enum ray::target_kind;
    for (state_row const& row : std::vector<state_row>{
             {cluster, "ready", R"({})", verdict::no},
             {cluster, "ready", R"({"status":{"state":"ready"}})", verdict::yes},
             {cluster, "ready", R"({"status":{"conditions":[{"type":"RayClusterProvisioned","status":"True"}]}})",
              verdict::yes},
             {cluster, "ready", R"({"status":{"conditions":[{"type":"RayClusterProvisioned","status":"False"}]}})",
              verdict::no},
             {cluster, "suspended", R"({"status":{"state":"suspended"}})", verdict::yes},
             {cluster, "delete", R"({})", verdict::no},
             {cluster, "condition=HeadPodReady",
              R"({"status":{"conditions":[{"type":"headpodready","status":"True"}]}})", verdict::yes},
             {cluster, "condition=HeadPodReady=false",
              R"({"status":{"conditions":[{"type":"HeadPodReady","status":"False"}]}})", verdict::yes},
             {cluster, "condition=HeadPodReady", R"({"status":{"conditions":7}})", verdict::no},
             {cluster, "jsonpath={.spec.n}=3", R"({"spec":{"n":3}})", verdict::yes},
             {cluster, "jsonpath={.spec.n}=3", R"({"spec":{"n":4}})", verdict::no},
             {job, "ready", R"({"status":{"jobDeploymentStatus":"Initializing"}})", verdict::no},
             {job, "ready", R"({"status":{"jobDeploymentStatus":"Running"}})", verdict::yes},
             {job, "running", R"({"status":{"jobStatus":"RUNNING"}})", verdict::yes},
             {job, "running", R"({"status":{"jobStatus":"SUCCEEDED"}})", verdict::yes},
             {job, "complete", R"({"status":{"jobStatus":"RUNNING"}})", verdict::no},
             {job, "complete", R"({"status":{"jobStatus":"SUCCEEDED"}})", verdict::yes},
             {job, "complete", R"({"status":{"jobStatus":"STOPPED"}})", verdict::never},
             {job, "complete", R"({"status":{"jobStatus":"FAILED"}})", verdict::never},
             {job, "complete", R"({"spec":{"backoffLimit":1},"status":{"jobStatus":"FAILED"}})", verdict::no},
             {job, "complete",
              R"({"spec":{"backoffLimit":1},"status":{"jobStatus":"FAILED","jobDeploymentStatus":"Retrying"}})",
              verdict::no},
             {job, "complete",
              R"({"spec":{"backoffLimit":1},"status":{"jobStatus":"FAILED","jobDeploymentStatus":"Failed"}})",
              verdict::never},
             {job, "complete", R"({"status":{"jobDeploymentStatus":"ValidationFailed"}})", verdict::never},
             {job, "suspended", R"({"status":{"jobDeploymentStatus":"Suspended"}})", verdict::yes},
             {job, "suspended", R"({"status":{"jobStatus":"SUCCEEDED"}})", verdict::never},
             {service, "ready", R"({"status":{"serviceStatus":"Running"}})", verdict::yes},
             {service, "ready", R"({"status":{"conditions":[{"type":"Ready","status":"True"}]}})", verdict::yes},
             {service, "ready", R"({"status":{}})", verdict::no},
         })
        EXPECT_EQ(verdict_of(row), row.expected) << row.wanted << " of " << row.object;
}

TEST(wait_for, what_is_no_state_is_refused)
{
    for (char const* text : {"", "soon", "condition=", "jsonpath=", "jsonpath={.a}", "jsonpath={.a=b"})
        EXPECT_TRUE(parse_wanted_state(text).has_error()) << text;
}

}  // namespace
}  // namespace cli::commands
