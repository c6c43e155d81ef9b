#include <kuberay/ray/target.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

TEST(target, a_name_alone_is_a_cluster_and_types_come_in_any_case)
{
    struct {
        char const* argument;
        target expected;
    } const rows[] = {
        {"demo", {target_kind::cluster, "demo"}},          {"raycluster/demo", {target_kind::cluster, "demo"}},
        {"RayJob/nightly", {target_kind::job, "nightly"}}, {"rayservices/s", {target_kind::service, "s"}},
        {"RAYCRONJOB/c", {target_kind::cron_job, "c"}},
    };
    for (auto const& row : rows) {
        auto const parsed = parse_target(row.argument);
        ASSERT_TRUE(parsed) << row.argument;
        EXPECT_EQ(*parsed, row.expected) << row.argument;
    }
    EXPECT_EQ(target(target_kind::job, "x").str(), "rayjob/x");
    EXPECT_EQ(type_of(target_kind::cron_job).plural, "raycronjobs");
}

TEST(target, what_cannot_be_one_is_refused_with_the_argument)
{
    struct {
        char const* argument;
        char const* why;
    } const rows[] = {
        {"a/b/c", "more than one slash"},
        {"rayjob/", "name is empty"},
        {"/x", "type is empty"},
        {"", "name is empty"},
        {"pod/x", "unsupported type \"pod\""},
        {"..", "cannot be a name"},
        {"a%2f", "cannot be a name"},
    };
    for (auto const& row : rows) {
        auto const parsed = parse_target(row.argument);
        ASSERT_FALSE(parsed) << row.argument;
        EXPECT_EQ(parsed.error().code(), errc::bad_input);
        EXPECT_THAT(parsed.error().message(), testing::HasSubstr(row.why)) << row.argument;
        EXPECT_THAT(parsed.error().message(), testing::HasSubstr(row.argument));
    }
    auto const narrow = parse_target("raycronjob/c", {target_kind::cluster, target_kind::job});
    ASSERT_FALSE(narrow);
    EXPECT_THAT(narrow.error().message(), testing::HasSubstr("raycluster, rayjob"));
}

}  // namespace
}  // namespace kuberay::ray
