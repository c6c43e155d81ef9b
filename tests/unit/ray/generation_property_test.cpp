#include <kuberay/base/json.hpp>
#include <kuberay/base/quantity.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/validation.hpp>

#include <gtest/gtest.h>

#include <random>

namespace kuberay::ray {
namespace {

// Makes configs that `validate` accepts, from everything that can be asked for.
class random_configs {
public:
    explicit random_configs(unsigned seed)
        : random_(seed)
    {
    }

    cluster_config next()
    {
        cluster_config config;
        config.name = "c" + word();
        config.ns = pick({"", "default", "team-a"});
        config.ray_version = pick({"", "2.52.0", "2.54.1", "nightly"});
        config.image = pick({"", "", "registry:5000/ray@sha256:0a"});
        config.service_account = pick({"", "ray"});
        config.labels = words();
        config.annotations = words();
        config.env = words();
        config.head.cpu = amount();
        config.head.memory = amount();
        config.head.gpu = pick({"", "0", "1"});
        config.head.ray_start_params = words();
        config.head.service_type = pick({"", "loadbalancer", "ClusterIP"});
        config.worker_groups.clear();
        for (int i = number(0, 4); i > 0; --i)
            config.worker_groups.push_back(group(config.worker_groups.size()));
        if (number(0, 1)) config.autoscaler.emplace().version = pick({"", "v1", "V2"});
        if (number(0, 1)) config.gcs_fault_tolerance.emplace().redis_address = "redis:6379";
        if (number(0, 1)) config.auth.emplace().mode = pick({"disabled", "Disabled"});
        if (number(0, 2) == 0) add_gcsfuse(config);
        return config;
    }

private:
    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

    std::string pick(std::vector<std::string> const& from)
    {
        return from[std::size_t(number(0, int(from.size()) - 1))];
    }

    std::string word()
    {
        std::string made;
        for (int i = number(1, 12); i > 0; --i)
            made += static_cast<char>('a' + number(0, 25));
        return made;
    }

    string_map words()
    {
        string_map made;
        for (int i = number(0, 3); i > 0; --i)
            made[word()] = pick({word(), "010", "true", "1e3", "", "~", "a b"});
        return made;
    }

    std::string amount()
    {
        std::string const unit = pick({"", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3"});
        return pick({"", "0", std::to_string(number(1, 5000)) + unit, "1.5" + unit});
    }

    worker_group_config group(std::size_t index)
    {
        worker_group_config made;
        if (number(0, 1)) made.name = "g" + std::to_string(index) + word();
        made.replicas = number(0, 9);
        if (number(0, 1)) made.min_replicas = number(0, made.replicas);
        if (number(0, 1)) made.max_replicas = made.replicas + number(0, 9);
        if (number(0, 1)) made.num_of_hosts = number(1, 4);
        made.cpu = amount();
        made.memory = amount();
        made.gpu = pick({"", "0", "2"});
        made.ephemeral_storage = amount();
        made.node_selectors = words();
        made.env = words();
        if (number(0, 3) == 0) made.extended_resources["vpc.amazonaws.com/efa"] = "1";
        return made;
    }

    void add_gcsfuse(cluster_config& config)
    {
        gcsfuse_config& gcsfuse = config.gke.emplace().gcsfuse.emplace();
        gcsfuse.bucket_name = "b" + word();
        gcsfuse.mount_path = "/" + word();
        if (number(0, 1)) gcsfuse.disable_metrics = number(0, 1) == 1;
        if (number(0, 1)) gcsfuse.resources.emplace().memory = amount();
    }

    std::mt19937 random_;
};

void expect_canonical(json::value const& amounts, std::string const& text)
{
    for (auto const& [name, amount] : amounts.as_object()) {
        auto const parsed = quantity::parse(amount.as_string().c_str());
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->str(), amount.as_string().c_str()) << text;
        EXPECT_GT(parsed->sign(), 0) << text;
    }
}

void expect_container(json::value const& container, std::string const& text)
{
    json::value const* limits = find_path(container, "resources.limits");
    json::value const* requests = find_path(container, "resources.requests");
    ASSERT_TRUE(limits && requests) << text;
    expect_canonical(*limits, text);
    expect_canonical(*requests, text);
    EXPECT_FALSE(limits->as_object().contains("cpu")) << text;
    for (auto const& [name, amount] : limits->as_object())
        EXPECT_EQ(requests->as_object().at(name), amount) << text;
    EXPECT_FALSE(string_at(container, "image").empty()) << text;
}

TEST(generation_property, any_valid_config_gives_a_well_formed_cluster)
{
    random_configs configs(20260131);
    for (int round = 0; round < 200; ++round) {
        cluster_config const config = configs.next();
        ASSERT_FALSE(as_error(validate(config))) << as_error(validate(config)).message();
        json::value const made = generate_cluster(config);
        std::string const text = to_yaml(made);
        expect_container(*find_path(made, "spec.headGroupSpec.template.spec.containers.0"), text);
        for (json::value const& group : find_path(made, "spec.workerGroupSpecs")->as_array())
            expect_container(*find_path(group, "template.spec.containers.0"), text);
        cluster const read = cluster::from_json(made);
        EXPECT_EQ(read.metadata.labels, config.labels) << text;
        ASSERT_EQ(read.spec.worker_group_specs.size(), config.worker_groups.size());
        for (std::size_t i = 0; i < config.worker_groups.size(); ++i)
            EXPECT_EQ(read.spec.worker_group_specs[i].replicas, config.worker_groups[i].replicas) << text;
        // The YAML that a person may keep means the same cluster.
        std::vector<yaml_document> const again = parse_yaml(text, "generated");
        ASSERT_EQ(again.size(), 1U);
        EXPECT_EQ(to_yaml(again[0].value()), text);
        EXPECT_EQ(again[0].value(), made) << text;
    }
}

}  // namespace
}  // namespace kuberay::ray
