#include <kuberay/base/file.hpp>
#include <kuberay/base/json.hpp>
#include <kuberay/ray/cluster_config.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace kuberay::ray {
namespace {

std::string refusal_of(std::string_view text)
{
    try {
        parse_cluster_config(text, "c.yaml");
    } catch (failure const& f) {
        EXPECT_EQ(f.error().code(), errc::bad_document);
        return f.error().message();
    }
    return "accepted";
}

TEST(cluster_config, an_empty_file_gives_all_defaults)
{
    for (char const* text : {"", "# nothing\n", "---\n"}) {
        cluster_config const config = parse_cluster_config(text, "c.yaml");
        EXPECT_EQ(config.head.cpu, "2") << text;
        EXPECT_EQ(config.head.memory, "4Gi");
        ASSERT_EQ(config.worker_groups.size(), 1U);
        EXPECT_EQ(config.worker_groups[0].replicas, 1);
        EXPECT_EQ(effective_group_name(config.worker_groups[0], 0), "default-group");
        EXPECT_EQ(effective_image(config), "rayproject/ray:2.52.0");
    }
}

TEST(cluster_config, reads_every_key)
{
    cluster_config const c = parse_cluster_config(
        R"(
namespace: team-a
name: demo
labels: {tier: gold, number: 010, flag: yes}
annotations: {a: b}
ray-version: 2.46.0
service-account: ray
suspend: true
head: {cpu: 0.5, gpu: 1, ray-start-params: {num-cpus: 0}, env: {H: 1}}
worker-groups:
- cpu: 3
- name: big
  replicas: 2
  min-replicas: 1
  max-replicas: 4
  num-of-hosts: 2
  gpu: 1
  memory: 1.50
  tolerations: [{key: gpu, operator: Exists}]
autoscaler: {version: V2, idle-timeout-seconds: 60, upscaling-mode: aggressive}
gcs-fault-tolerance:
  redis-address: redis:6379
  redis-password-secret: {name: redis, key: password}
  external-storage-namespace: demo
auth: {mode: disabled}
gke:
  gcsfuse: {bucket-name: b, mount-path: /data, disable-metrics: on, resources: {cpu: 250m}}
env: {A: 1}
image-pull-secrets: [reg]
volumes: [{name: v, emptyDir: {}}]
volume-mounts: [{name: v, mountPath: /v}]
)",
        "c.yaml"
    );
    EXPECT_EQ(c.ns, "team-a");
    EXPECT_EQ(c.labels, (string_map{{"tier", "gold"}, {"number", "010"}, {"flag", "yes"}}));
    EXPECT_EQ(effective_image(c), "rayproject/ray:2.46.0");
    EXPECT_TRUE(c.suspend.value());
    EXPECT_EQ(c.head.cpu, "0.5");
    EXPECT_EQ(c.head.memory, "4Gi") << "what is not given keeps its default";
    EXPECT_EQ(c.head.ray_start_params.at("num-cpus"), "0");
    ASSERT_EQ(c.worker_groups.size(), 2U);
    EXPECT_EQ(c.worker_groups[0].replicas, 0) << "the items of a list get no defaults";
    EXPECT_EQ(c.worker_groups[0].cpu, "3");
    EXPECT_EQ(c.worker_groups[0].memory, "");
    EXPECT_EQ(effective_group_name(c.worker_groups[0], 0), "default-group");
    EXPECT_EQ(c.worker_groups[1].memory, "1.50") << "numbers keep their source text";
    EXPECT_EQ(c.worker_groups[1].max_replicas, 4);
    EXPECT_EQ(c.worker_groups[1].tolerations.size(), 1U);
    EXPECT_EQ(c.autoscaler.value().idle_timeout_seconds, 60);
    EXPECT_EQ(c.gcs_fault_tolerance.value().redis_password_secret.value().key, "password");
    EXPECT_TRUE(c.gke.value().gcsfuse.value().disable_metrics.value());
    EXPECT_EQ(c.gke.value().gcsfuse.value().resources.value().cpu, "250m");
    EXPECT_EQ(c.image_pull_secrets, std::vector<std::string>{"reg"});
    EXPECT_EQ(c.volumes.size(), 1U);
}

struct refusal_row {
    char const* text;
    char const* message;
};

TEST(cluster_config, a_refusal_names_file_line_and_column_and_the_nearest_key)
{
    refusal_row const rows[] = {
        {"nmae: x\n", "c.yaml:1:1: unknown key \"nmae\"; did you mean \"name\"?"},
        {"head:\n  cpus: 2\n", "c.yaml:2:3: unknown key \"cpus\" in head; did you mean \"cpu\"?"},
        {"workerGroups: []\n", "c.yaml:1:1: unknown key \"workerGroups\"; did you mean \"worker-groups\"?"},
        {"worker-groups:\n- foo-bar: 2\n",
         "c.yaml:2:3: unknown key \"foo-bar\" in worker-groups[0]; known here: name, replicas, min-replicas, "
         "max-replicas, num-of-hosts, cpu, gpu, tpu, memory, ephemeral-storage, extended-resources, ray-start-params, "
         "node-selectors, env, "
         "tolerations, suspend"},
        {"head:\n", "c.yaml:1:1: head has no value; expected a map"},
        {"image: ~\n", "c.yaml:1:1: image has no value; expected text"},
        {"labels: [a]\n", "c.yaml:1:9: labels: expected a map, not a list"},
        {"name: {a: b}\n", "c.yaml:1:7: name: expected text, not a map"},
        {"- a\n", "c.yaml:1:1: the document: expected a map, not a list"},
        {"suspend: maybe\n", "c.yaml:1:10: suspend: expected true or false, not text"},
        {"worker-groups:\n- replicas: 1.5\n",
         "c.yaml:2:13: worker-groups[0].replicas: expected a whole number, not a number"},
        {"worker-groups:\n- replicas: 3000000000\n",
         "c.yaml:2:13: worker-groups[0].replicas: 3000000000 is out of range (at most 2147483647)"},
        {"worker-groups:\n- tolerations: [x]\n",
         "c.yaml:2:17: worker-groups[0].tolerations[0]: expected a map, not text"},
        {"gke:\n  gcsfuse:\n    mount-path: /x\n", "c.yaml:3:5: gke.gcsfuse.bucket-name is required"},
        {"head:\n  memory: 32GB\n",
         "c.yaml:2:11: head.memory: invalid quantity \"32GB\": it is no number with a suffix; write "
         "32G (decimal) or 32Gi (binary)"},
    };
    for (auto const& row : rows)
        EXPECT_EQ(refusal_of(row.text), row.message) << row.text;
    EXPECT_THAT(refusal_of("name: a\nimage: b\nname: c\n"), testing::HasSubstr("c.yaml:3:1: "));
}

TEST(cluster_config, all_problems_are_told_at_once_in_the_order_of_the_file)
{
    EXPECT_EQ(
        refusal_of("name: UPPER\nhead:\n  cpu: -1\n  cqu: 2\nworker-groups:\n- replicas: x\n  gpu: many\n"),
        "c.yaml:1:7: name: \"UPPER\" cannot name a RayCluster: use lower-case letters, digits and '-', beginning with "
        "a "
        "letter and not ending with '-'\n"
        "c.yaml:3:8: head.cpu: invalid quantity \"-1\": it is negative\n"
        "c.yaml:4:3: unknown key \"cqu\" in head; did you mean \"cpu\"?\n"
        "c.yaml:6:13: worker-groups[0].replicas: expected a whole number, not text\n"
        "c.yaml:7:8: worker-groups[0].gpu: invalid quantity \"many\": a number was expected"
    );
}

TEST(cluster_config, a_key_given_twice_does_not_hide_the_other_problems)
{
    try {
        parse_cluster_config(
            "head:\n  cpuu: 2\n  memory: 4Gi\n  memory: 5Gi\nworker-groups:\n- replicas: many\n", "c.yaml"
        );
        ADD_FAILURE() << "accepted";
    } catch (failure const& f) {
        std::string const text = f.error().message();
        EXPECT_NE(text.find("c.yaml:2:"), std::string::npos) << text;
        EXPECT_NE(text.find("c.yaml:4:3: the key \"memory\" is given twice, first at line 3"), std::string::npos)
            << text;
        EXPECT_NE(text.find("c.yaml:6:"), std::string::npos) << text;
    }
}

TEST(cluster_config, the_shipped_schema_is_the_generated_one)
{
    std::ifstream file(KUBERAY_SOURCE_DIR "/docs/cluster-config.schema.json");
    std::stringstream text;
    text << file.rdbuf();
    json_style style;
    style.indent = 2;
    style.sort_keys = false;
    EXPECT_EQ(text.str(), to_pretty_json(json::value(cluster_config_json_schema()), style) + "\n");
}

// Every key of the schema, as the guide writes it: `worker-groups[].cpu`.
void collect_keys(json::value const& schema, std::string const& before, std::vector<std::string>& into)
{
    json::value const* properties = find_path(schema, "properties");
    if (!properties) return;
    for (auto const& [key, value] : properties->as_object()) {
        into.push_back(before + std::string(key));
        collect_keys(value, into.back() + ".", into);
        if (json::value const* items = find_path(value, "items"))
            collect_keys(*items, before + std::string(key) + "[].", into);
    }
}

TEST(cluster_config, the_guide_knows_every_key)
{
    std::ifstream file(KUBERAY_SOURCE_DIR "/docs/cluster-config.md");
    std::stringstream text;
    text << file.rdbuf();
    std::vector<std::string> keys;
    collect_keys(cluster_config_json_schema(), "", keys);
    EXPECT_GT(keys.size(), 50U);
    for (std::string const& key : keys)
        EXPECT_THAT(text.str(), testing::HasSubstr("| `" + key + "` |"));
}

TEST(cluster_config, the_schema_refuses_unknown_keys_and_names_the_required_ones)
{
    json::value const schema = cluster_config_json_schema();
    EXPECT_EQ(bool_at(schema, "additionalProperties"), false);
    EXPECT_EQ(string_at(schema, "properties.worker-groups.items.properties.replicas.type"), "integer");
    EXPECT_EQ(string_at(schema, "properties.gke.properties.gcsfuse.required.0"), "bucket-name");
    EXPECT_EQ(string_at(schema, "properties.autoscaler.properties.version.enum.1"), "v2");
}

}  // namespace
}  // namespace kuberay::ray
