#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace kuberay {
namespace {

std::string yaml_of(std::string_view json_text) { return to_yaml(parse_json(json_text).value()); }

struct row {
    std::string json;
    std::string yaml;
};

// The expectations of this file are the output of sigs.k8s.io/yaml v1.6.0, which kubectl 1.36 prints with.
TEST(yaml_write, blocks_stand_as_kubectl_prints_them)
{
    row const rows[] = {
        {R"({})", "{}\n"},
        {R"([])", "[]\n"},
        {R"("a")", "a\n"},
        {R"(null)", "null\n"},
        {R"({"a":{},"b":[],"c":null})", "a: {}\nb: []\nc: null\n"},
        {R"({"a":[1,"x",{"b":1,"c":[]}]})", "a:\n- 1\n- x\n- b: 1\n  c: []\n"},
        {R"([[1,[2]],{"a":[3]},[]])", "- - 1\n  - - 2\n- a:\n  - 3\n- []\n"},
        {R"({"a":{"b":{"c":"d"}}})", "a:\n  b:\n    c: d\n"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(yaml_of(r.json), r.yaml) << r.json;
}

TEST(yaml_write, strings_are_quoted_when_they_would_be_read_as_something_else)
{
    row const rows[] = {
        {"2", "\"2\""},
        {"true", "\"true\""},
        {"yes", "\"yes\""},
        {"y", "\"y\""},
        {"N", "\"N\""},
        {"Off", "\"Off\""},
        {"null", "\"null\""},
        {"~", "\"~\""},
        {"", "\"\""},
        {"017", "\"017\""},
        {"0o17", "\"0o17\""},
        {"0x1F", "\"0x1F\""},
        {"1_000", "\"1_000\""},
        {"1e3", "\"1e3\""},
        {".5", "\".5\""},
        {".inf", "\".inf\""},
        {"1:30", "\"1:30\""},
        {"12:30:45", "\"12:30:45\""},
        {"2024-01-01", "\"2024-01-01\""},
        {"2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00Z\""},
        {"2001-1-1 1:2:3", "\"2001-1-1 1:2:3\""},
        {"2024-13-01", "2024-13-01"},
        {"<<", "\"<<\""},
        {"2.52.0", "2.52.0"},
        {"4Gi", "4Gi"},
        {"500m", "500m"},
        {"nil", "nil"},
        {"1e999", "1e999"},
        {"rayproject/ray:2.52.0", "rayproject/ray:2.52.0"},
        {"-", "'-'"},
        {"- a", "'- a'"},
        {"--", "--"},
        {"---", "'---'"},
        {"a: b", "'a: b'"},
        {"a:b", "a:b"},
        {"end:", "'end:'"},
        {"a #b", "'a #b'"},
        {"a#b", "a#b"},
        {"#x", "'#x'"},
        {"*b", "'*b'"},
        {"!t", "'!t'"},
        {"it's", "it's"},
        {"'q'", "'''q'''"},
        {"{}", "'{}'"},
        {"@x", "'@x'"},
        {"`", "'`'"},
        {"%d", "'%d'"},
        {"?x", "?x"},
        {"? a", "'? a'"},
        {" lead", "' lead'"},
        {"trail ", "'trail '"},
        {"\\", "\\"},
        {"tab\there", "\"tab\\there\""},
        {"\x7f", "\"\\x7F\""},
        {"\x1b[0m", "\"\\e[0m\""},
        {"\xc3\xa9", "\xc3\xa9"},
        {"\xf0\x9f\x9a\x80", "\"\\U0001F680\""},
        {"\xe2\x80\xa8", "\"\\L\""},
    };
    for (auto const& r : rows)
        EXPECT_EQ(to_yaml(json::value(r.json)), r.yaml + "\n") << r.json;
}

TEST(yaml_write, several_lines_are_a_literal_block_with_its_chomping)
{
    row const rows[] = {
        {R"({"a":"x\ny"})", "a: |-\n  x\n  y\n"},
        {R"({"a":"x\n"})", "a: |\n  x\n"},
        {R"({"a":"x\n\n","b":1})", "a: |+\n  x\n\nb: 1\n"},
        {R"({"a":"\n"})", "a: |2+\n\n"},
        {R"({"a":"\nx"})", "a: |2-\n\n  x\n"},
        {R"({"a":" x\ny"})", "a: |2-\n   x\n  y\n"},
        {R"({"a":"x\n\n  y\n"})", "a: |\n  x\n\n    y\n"},
        {R"({"a":["x\ny"]})", "a:\n- |-\n  x\n  y\n"},
        {R"("x\ny")", "|-\n  x\n  y\n"},
        {R"({"a":"x \ny"})", "a: \"x \\ny\"\n"},
        {R"({"a":"x\ny "})", "a: \"x\\ny \"\n"},
        {R"({"a":"x\ty\nz"})", "a: \"x\\ty\\nz\"\n"},
        {R"({"x\ny":1})", "? |-\n  x\n  y\n: 1\n"},
        {R"({"x\ny":{"a":1}})", "? |-\n  x\n  y\n: a: 1\n"},
        {R"({"x\ny":[1]})", "? |-\n  x\n  y\n: - 1\n"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(yaml_of(r.json), r.yaml) << r.json;
}

TEST(yaml_write, long_text_folds_at_the_first_space_past_column_80)
{
    std::string const words =
        "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll mmmm nnnn oooo pppp qqqq rrrr ssss";
    EXPECT_EQ(
        to_yaml(json::object{{"a", words}}),
        "a: aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll mmmm nnnn oooo pppp\n  qqqq rrrr ssss\n"
    );
    EXPECT_EQ(
        to_yaml(json::object{{"a", "it: " + words}}),
        "a: 'it: aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll mmmm nnnn oooo\n  pppp qqqq rrrr ssss'\n"
    );
    EXPECT_EQ(
        to_yaml(json::object{{"a", "\t" + words}}),
        "a: \"\\taaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj kkkk llll mmmm nnnn oooo pppp\n  qqqq rrrr ssss\"\n"
    );
    EXPECT_EQ(to_yaml(json::object{{words, 1}}), words + ": 1\n") << "a key stays on its line";
    std::string const long_word(200, 'x');
    EXPECT_EQ(to_yaml(json::object{{"a", long_word}}), "a: " + long_word + "\n");
    EXPECT_EQ(to_yaml(json::object{{long_word, 1}}), "? " + long_word + "\n: 1\n");
}

TEST(yaml_write, numbers_are_those_of_go)
{
    row const rows[] = {
        {"1", "1"},
        {"-1", "-1"},
        {"1.5", "1.5"},
        {"1.0", "1"},
        {"0.1", "0.1"},
        {"1e-5", "1e-05"},
        {"0.0001", "0.0001"},
        {"1234567.5", "1.2345675e+06"},
        {"123456.5", "123456.5"},
        {"1e21", "1e+21"},
        {"1e20", "1e+20"},
        {"18446744073709551615", "18446744073709551615"},
        {"true", "true"},
    };
    for (auto const& r : rows)
        EXPECT_EQ(yaml_of(r.json), r.yaml + "\n") << r.json;
}

TEST(yaml_write, keys_are_in_natural_order)
{
    EXPECT_EQ(
        yaml_of(R"({"b":1,"a10":1,"a9":1,"a":1,"_":1,"A":1,"10":1,"9":1,"a-b":1,"aa":1,"\u00e9":1,"x.1":1,"x-1":1})"),
        "_: 1\n\"9\": 1\n\"10\": 1\nA: 1\na: 1\na-b: 1\na9: 1\na10: 1\naa: 1\nb: 1\nx-1: 1\nx.1: 1\n\xc3\xa9: 1\n"
    );
    yaml_style style;
    style.sort_keys = false;
    EXPECT_EQ(to_yaml(parse_json(R"({"b":{"z":1,"x":2},"a":1})").value(), style), "b:\n  z: 1\n  x: 2\na: 1\n");
}

TEST(yaml_write, a_cluster_looks_as_in_the_reference)
{
    EXPECT_EQ(
        yaml_of(R"({"kind":"RayCluster","apiVersion":"ray.io/v1","metadata":{"name":"sample-cluster"},"spec":{
            "rayVersion":"2.52.0","headGroupSpec":{"template":{"spec":{"containers":[{"name":"ray-head",
            "image":"rayproject/ray:2.52.0","ports":[{"name":"gcs-server","containerPort":6379}],
            "resources":{"requests":{"memory":"4Gi","cpu":"2"},"limits":{"memory":"4Gi"}}}]}}}}})"),
        R"(apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: sample-cluster
spec:
  headGroupSpec:
    template:
      spec:
        containers:
        - image: rayproject/ray:2.52.0
          name: ray-head
          ports:
          - containerPort: 6379
            name: gcs-server
          resources:
            limits:
              memory: 4Gi
            requests:
              cpu: "2"
              memory: 4Gi
  rayVersion: 2.52.0
)"
    );
}

}  // namespace
}  // namespace kuberay
