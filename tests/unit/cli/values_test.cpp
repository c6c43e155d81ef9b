#include "cli/values.hpp"
#include "commands/cluster_flags.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace cli {
namespace {

template <class T>
std::string cause_of(std::string_view text)
{
    T value{};
    try {
        assign(value, text);
    } catch (bad_value const& bad) {
        return bad.cause;
    }
    return "accepted";
}

struct map_row {
    char const* text;
    string_map expected;
};

TEST(values, maps_follow_the_rules_of_string_to_string)
{
    for (map_row const& row : std::vector<map_row>{
             {"a=b", {{"a", "b"}}},
             {"a=b,c", {{"a", "b,c"}}},
             {"a=", {{"a", ""}}},
             {"=b", {{"", "b"}}},
             {"\"a=b\"", {{"a", "b"}}},
             {"a=b,c=d", {{"a", "b"}, {"c", "d"}}},
             {"a=b=c", {{"a", "b=c"}}},
             {"a=b,\"c=d,e\"", {{"a", "b"}, {"c", "d,e"}}},
             {"a=1,a=2", {{"a", "2"}}},
         }) {
        string_map into;
        assign(into, row.text);
        EXPECT_EQ(into, row.expected) << row.text;
    }
    EXPECT_EQ(cause_of<string_map>("a=b,c,d=e"), "\"c\" must have the form key=value");
    EXPECT_EQ(cause_of<string_map>("a=b,\"c=d"), "a double quote is not closed");
}

TEST(values, later_map_flags_add_to_earlier_ones)
{
    string_map into;
    assign(into, "a=1");
    assign(into, "b=2");
    assign(into, "a=3");
    EXPECT_EQ(into, (string_map{{"a", "3"}, {"b", "2"}}));
}

TEST(values, bad_durations_say_whether_the_text_or_the_unit_is_wrong)
{
    EXPECT_EQ(cause_of<std::chrono::nanoseconds>("300ms"), "accepted");
    EXPECT_EQ(cause_of<std::chrono::nanoseconds>("1.5h"), "accepted");
    EXPECT_EQ(cause_of<std::chrono::nanoseconds>("0"), "accepted");
    std::string const bad_text = cause_of<std::chrono::nanoseconds>("soon");
    std::string const no_unit = cause_of<std::chrono::nanoseconds>("10");
    EXPECT_NE(bad_text, "accepted");
    EXPECT_NE(no_unit, "accepted");
    EXPECT_NE(bad_text, no_unit);
}

TEST(values, booleans_are_those_of_go)
{
    for (char const* text : {"1", "t", "T", "true", "True", "TRUE", "0", "f", "F", "false", "False", "FALSE"})
        EXPECT_EQ(cause_of<bool>(text), "accepted") << text;
    for (char const* text : {"yes", "on", "tRUE", ""})
        EXPECT_EQ(cause_of<bool>(text), "not true or false") << text;
}

TEST(values, numbers_that_are_none_or_too_large_are_told_apart)
{
    EXPECT_EQ(cause_of<std::int32_t>("+7"), "accepted");
    EXPECT_EQ(cause_of<std::int32_t>("1.5"), "not a whole number");
    EXPECT_EQ(cause_of<std::int32_t>(""), "not a whole number");
    EXPECT_TRUE(cause_of<std::int32_t>("-2147483649").starts_with("out of range"));
    EXPECT_EQ(cause_of<float>("0.5"), "accepted");
    EXPECT_EQ(cause_of<float>("nan"), "not a number");
}

TEST(values, a_worker_group_is_read_from_one_flag)
{
    ray::worker_group_config const group =
        commands::parse_worker_group("name=pool,replicas=2,min=1,max=4,hosts=2,cpu=4,memory=8Gi,gpu=1");
    EXPECT_EQ(group.name, "pool");
    EXPECT_EQ(group.replicas, 2);
    EXPECT_EQ(group.min_replicas, 1);
    EXPECT_EQ(group.max_replicas, 4);
    EXPECT_EQ(group.num_of_hosts, 2);
    EXPECT_EQ(group.cpu, "4");
    EXPECT_EQ(group.gpu, "1");
    EXPECT_THROW(commands::parse_worker_group("replicas=2"), bad_value);
    EXPECT_THROW(commands::parse_worker_group("name=a,color=red"), bad_value);
    EXPECT_THROW(commands::parse_worker_group("name=a,replicas=x"), bad_value);
}

TEST(values, tolerations_are_read_as_kubectl_writes_taints)
{
    EXPECT_EQ(
        kuberay::to_json(commands::parse_toleration("gpu=yes:NoSchedule")),
        R"({"key":"gpu","operator":"Equal","value":"yes","effect":"NoSchedule"})"
    );
    EXPECT_EQ(
        kuberay::to_json(commands::parse_toleration("gpu:NoExecute")),
        R"({"key":"gpu","operator":"Exists","effect":"NoExecute"})"
    );
    EXPECT_THROW(commands::parse_toleration("gpu:Sometimes"), bad_value);
}

}  // namespace
}  // namespace cli
