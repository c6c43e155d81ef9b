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
        std::vector<problem> const problems = validate(options, config);
        EXPECT_TRUE(problems.empty()) << row.file << ": " << as_error(problems).message();
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
    for (problem const& p : validate(options, cluster_config()))
        where.push_back(p.where);
    EXPECT_THAT(where, testing::ElementsAre("--storage-bucket", "--storage-claim", "--storage-mount-path"));
    provider_options blob;
    blob.which = provider::aks;
    blob.container = "c";
    std::vector<problem> const of_blob = validate(blob, cluster_config());
    ASSERT_EQ(of_blob.size(), 1U);
    EXPECT_EQ(of_blob[0].where, "--storage-secret");
}

TEST(provider, an_accelerator_that_no_group_asks_for_is_refused)
{
    provider_options options;
    options.gpu = "nvidia-l4";
    options.tpu_accelerator = "tpu-v6e-slice";
    options.tpu_topology = "2x4";
    EXPECT_EQ(
        as_error(validate(options, cluster_config())).message(),
        "--accelerator: no worker group asks for GPUs; --worker-gpu says how many\n"
        "--tpu-accelerator: no worker group asks for TPUs; --worker-tpu says how many"
    );
}

TEST(provider, a_bad_topology_is_named_by_the_flag_it_came_from)
{
    cluster_config config;
    config.name = "demo";
    config.worker_groups[0].tpu = "4";
    provider_options options;
    options.tpu_accelerator = "tpu-v6e-slice";
    options.tpu_topology = "3x3";
    add_provider_parts(config, options);
    validation_options how;
    how.tpu_by_flag = true;
    std::vector<problem> const by_flag = validate(config, how);
    ASSERT_EQ(by_flag.size(), 1U);
    EXPECT_EQ(by_flag[0].where, "--tpu-topology");
    EXPECT_EQ(validate(config)[0].where, "--worker-node-selectors");
}

}  // namespace
}  // namespace kuberay::ray
