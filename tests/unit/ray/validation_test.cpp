#include <kuberay/ray/validation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace kuberay::ray {
namespace {

using testing::HasSubstr;

std::vector<problem> faults_of(std::function<void(cluster_config&)> change, config_source source = config_source::flags)
{
    cluster_config config;
    config.name = "demo";
    change(config);
    validation_options options;
    options.source = source;
    return validate(config, options);
}

TEST(validation, the_defaults_are_fine)
{
    EXPECT_TRUE(validate(cluster_config()).empty());
    EXPECT_FALSE(as_error({}));
}

struct fault_row {
    std::string name;
    std::function<void(cluster_config&)> change;
    std::string flag, key, message;
};

TEST(validation, every_fault_is_named_by_flag_or_key)
{
    std::vector<fault_row> const rows{
        {"name", [](auto& c) { c.name = "Demo"; }, "NAME", "name", "lower-case"},
        {"long name", [](auto& c) { c.name = std::string(54, 'a'); }, "NAME", "name", "at most 53"},
        {"name ends", [](auto& c) { c.name = "a-"; }, "NAME", "name", "cannot name a RayCluster"},
        {"namespace", [](auto& c) { c.ns = "a.b"; }, "--namespace", "namespace", "cannot name a namespace"},
        {"version", [](auto& c) { c.ray_version = "2 52"; }, "--ray-version", "ray-version", "version of Ray"},
        {"image", [](auto& c) { c.image = "a b"; }, "--image", "image", "spaces"},
        {"bad syntax", [](auto& c) { c.head.cpu = "two"; }, "--head-cpu", "head.cpu", "a number was expected"},
        {"bad suffix", [](auto& c) { c.head.memory = "4Xi"; }, "--head-memory", "head.memory", "\"4Xi\""},
        {"negative", [](auto& c) { c.head.gpu = "-1"; }, "--head-gpu", "head.gpu", "negative"},
        {"bytes", [](auto& c) { c.worker_groups[0].memory = "32GB"; }, "--worker-memory", "worker-groups[0].memory",
         "write 32G (decimal) or 32Gi (binary)"},
        {"hosts", [](auto& c) { c.worker_groups[0].num_of_hosts = 0; }, "--num-of-hosts",
         "worker-groups[0].num-of-hosts", "at least 1"},
        {"replicas", [](auto& c) { c.worker_groups[0].replicas = -1; }, "--worker-replicas",
         "worker-groups[0].replicas", "-1 is negative"},
        {"below min", [](auto& c) { c.worker_groups[0].min_replicas = 2; }, "--worker-replicas",
         "worker-groups[0].replicas", "1 is below"},
        {"above max", [](auto& c) { c.worker_groups[0].max_replicas = 0; }, "--worker-replicas",
         "worker-groups[0].replicas", "1 is above"},
        {"min above max",
         [](auto& c) {
             c.worker_groups[0].min_replicas = 3;
             c.worker_groups[0].max_replicas = 2;
         },
         "--worker-min-replicas", "worker-groups[0].min-replicas", "3 is above"},
        {"tpu accelerator", [](auto& c) { c.worker_groups[0].tpu = "4"; }, "--worker-node-selectors",
         "worker-groups[0].node-selectors", "gke-tpu-accelerator"},
        {"tpu topology",
         [](auto& c) {
             c.worker_groups[0].tpu = "4";
             c.worker_groups[0].node_selectors["cloud.google.com/gke-tpu-accelerator"] = "tpu-v4-podslice";
         },
         "--worker-node-selectors", "worker-groups[0].node-selectors", "gke-tpu-topology"},
        {"autoscaler", [](auto& c) { c.autoscaler.emplace().version = "v3"; }, "--autoscaler", "autoscaler.version",
         "\"v3\" is not one of v1, v2"},
        {"upscaling", [](auto& c) { c.autoscaler.emplace().upscaling_mode = "fast"; }, "--autoscaler-upscaling-mode",
         "autoscaler.upscaling-mode", "Default, Aggressive, Conservative"},
        {"auth", [](auto& c) { c.auth.emplace().mode = "basic"; }, "--auth", "auth.mode", "token, disabled"},
        {"auth version",
         [](auto& c) {
             c.auth.emplace().mode = "token";
             c.ray_version = "2.46.0";
         },
         "--auth", "auth.mode", "needs Ray 2.52.0"},
        {"redis", [](auto& c) { c.gcs_fault_tolerance.emplace(); }, "--redis-address",
         "gcs-fault-tolerance.redis-address", "required"},
    };
    for (auto const& row : rows) {
        std::vector<problem> const by_flag = faults_of(row.change);
        ASSERT_EQ(by_flag.size(), 1U) << row.name << ": " << as_error(by_flag).message();
        EXPECT_EQ(by_flag[0].where, row.flag) << row.name;
        EXPECT_THAT(by_flag[0].message, HasSubstr(row.message)) << row.name;
        std::vector<problem> const by_key = faults_of(row.change, config_source::file);
        ASSERT_EQ(by_key.size(), 1U) << row.name;
        EXPECT_EQ(by_key[0].where, row.key) << row.name;
    }
}

TEST(validation, all_faults_are_told_together_in_the_order_of_the_flags)
{
    auto const found = faults_of([](cluster_config& c) {
        c.autoscaler.emplace().version = "v9";
        c.worker_groups[0].gpu = "x";
        c.worker_groups[0].cpu = "y";
        c.head.cpu = "z";
        c.name = "UPPER";
    });
    std::vector<std::string> where;
    for (auto const& p : found)
        where.push_back(p.where);
    EXPECT_THAT(where, testing::ElementsAre("NAME", "--head-cpu", "--worker-cpu", "--worker-gpu", "--autoscaler"));
    EXPECT_EQ(as_error(found).code(), errc::bad_input);
    EXPECT_THAT(as_error(found).message(), HasSubstr("\n--worker-gpu: "));
}

TEST(validation, groups_given_twice_are_refused_also_through_the_default_name)
{
    auto const found = faults_of(
        [](cluster_config& c) {
            c.worker_groups.resize(3);
            c.worker_groups[1].name = "default-group";
            c.worker_groups[2].name = "other";
        },
        config_source::file
    );
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].where, "worker-groups[1].name");
}

TEST(validation, groups_of_repeated_flags_are_named_by_group)
{
    cluster_config config;
    config.worker_groups.resize(2);
    config.worker_groups[0].name = "small";
    config.worker_groups[1].name = "big";
    config.worker_groups[1].memory = "1TB";
    validation_options options;
    options.groups_by_flag = true;
    auto const found = validate(config, options);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].where, "--worker-group big: memory");
}

TEST(validation, gcsfuse_names_the_bucket_first)
{
    auto const found = faults_of([](cluster_config& c) { c.gke.emplace().gcsfuse.emplace(); }, config_source::file);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].where, "gke.gcsfuse.bucket-name");
    EXPECT_EQ(found[1].where, "gke.gcsfuse.mount-path");
}

TEST(quantity_check, units_of_bytes_are_answered_with_what_was_meant)
{
    struct {
        char const* text;
        char const* advice;
    } const rows[] = {
        {"32GB", "32G (decimal) or 32Gi (binary)"}, {"4GiB", "4Gi (binary)"},
        {"512mb", "512M (decimal) or 512Mi"},       {"1.5 GB", "1.5G (decimal) or 1.5Gi"},
        {"10kB", "10k (decimal) or 10Ki"},          {"4gi", "4Gi (binary)"},
        {"8g", "8G (decimal) or 8Gi (binary)"},
    };
    for (auto const& row : rows) {
        auto const checked = check_quantity(row.text);
        ASSERT_FALSE(checked) << row.text;
        EXPECT_THAT(checked.error().message(), HasSubstr(row.advice)) << row.text;
    }
    for (char const* fine : {"0", "2", "500m", "4Gi", "1e3", "0.5", "+1"})
        EXPECT_TRUE(check_quantity(fine)) << fine;
}

}  // namespace
}  // namespace kuberay::ray
