#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/provider.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

namespace kuberay::ray {
namespace {

struct golden_row {
    std::string file;
    std::function<void(provider_options&)> change;
};

std::string golden(std::string const& file)
{
    std::ifstream in(std::string(KUBERAY_SOURCE_DIR "/tests/unit/ray/golden/") + file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

TEST(provider, each_adds_its_own_parts_and_nothing_else)
{
    std::vector<golden_row> const rows{
        {"gke.yaml",
         [](provider_options& o) {
             o.which = provider::gke;
             o.bucket = "bucket";
             o.balancer = load_balancer::internal;
             o.gpu = "nvidia-l4";
             o.spot = true;
         }},
        {"eks.yaml",
         [](provider_options& o) {
             o.which = provider::eks;
             o.claim = "efs";
             o.mount_path = "/data";
             o.balancer = load_balancer::external;
             o.gpu = "g5.xlarge";
             o.efa = "1";
             o.spot = true;
         }},
        {"aks.yaml",
         [](provider_options& o) {
             o.which = provider::aks;
             o.container = "blobs";
             o.secret = "account";
             o.balancer = load_balancer::internal;
             o.gpu = "nvidia";
             o.spot = true;
         }},
    };
    for (auto const& row : rows) {
        cluster_config config;
        config.name = "demo";
        config.worker_groups[0].gpu = "1";
        provider_options options;
        row.change(options);
        EXPECT_TRUE(validate(options).empty()) << row.file << ": " << as_error(validate(options)).message();
        add_provider_parts(config, options);
        EXPECT_TRUE(validate(config).empty()) << row.file;
        EXPECT_EQ(to_yaml(json::value(generate_cluster(config))), golden(row.file)) << row.file;
    }
}

TEST(provider, tpu_selectors_go_to_the_groups_that_ask_for_tpus)
{
    cluster_config config;
    config.name = "demo";
    config.worker_groups.push_back(worker_group_config());
    config.worker_groups[1].tpu = "4";
    config.worker_groups[1].num_of_hosts = 4;
    provider_options options;
    options.tpu_accelerator = "tpu-v4-podslice";
    options.tpu_topology = "2x2x4";
    add_provider_parts(config, options);
    EXPECT_TRUE(config.worker_groups[0].node_selectors.empty());
    EXPECT_EQ(config.worker_groups[1].node_selectors.size(), 2U);
    EXPECT_TRUE(validate(config).empty());
}

TEST(provider, an_unknown_one_is_refused_with_the_known_ones)
{
    EXPECT_EQ(parse_provider("GKE").value(), provider::gke);
    auto const refused = parse_provider("oke");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "unknown provider \"oke\"; known are gke, eks, aks");
}

TEST(provider, flags_of_another_provider_and_contradictions_are_refused)
{
    provider_options options;
    options.which = provider::eks;
    options.bucket = "b";
    options.claim = "c";
    options.mount_path = "data";
    std::vector<std::string> where;
    for (problem const& p : validate(options))
        where.push_back(p.where);
    EXPECT_THAT(where, testing::ElementsAre("--storage-bucket", "--storage-claim", "--storage-mount-path"));
    provider_options blob;
    blob.which = provider::aks;
    blob.container = "c";
    ASSERT_EQ(validate(blob).size(), 1U);
    EXPECT_EQ(validate(blob)[0].where, "--storage-secret");
}

}  // namespace
}  // namespace kuberay::ray
