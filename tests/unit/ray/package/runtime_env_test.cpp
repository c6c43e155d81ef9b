#include <kuberay/base/json.hpp>
#include <kuberay/ray/runtime_env.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

struct refusal {
    std::string text, message;
    error_code code = errc::bad_input;
};

TEST(runtime_env, is_read_from_yaml_and_json)
{
    std::string const expected = R"({"env_vars":{"A":"1"},"pip":["x"],"custom":{"k":[1,2]}})";
    for (std::string const text : {
             R"({"env_vars": {"A": "1"}, "pip": ["x"], "custom": {"k": [1, 2]}})",
             "env_vars:\n  A: \"1\"\npip:\n- x\ncustom:\n  k: [1, 2]\n",
             "{env_vars: {A: '1'}, pip: [x], custom: {k: [1, 2]}}",
             "{\"env_vars\": {A: '1'}, pip: [x], custom: {k: [1, 2]}}  # as YAML takes it\n",
             "{\t\"env_vars\": {\"A\":\t\"1\"},\n\t\"pip\": [\"x\"], \"custom\": {\"k\": [1, 2]}}",
         })
        EXPECT_EQ(to_json(parse_runtime_env(text, "x")), expected) << text;
    EXPECT_TRUE(parse_runtime_env("", "x").empty());
    EXPECT_TRUE(parse_runtime_env("# nothing\n", "x").empty());
    EXPECT_TRUE(parse_runtime_env("{}", "x").empty());
    EXPECT_EQ(to_json(parse_runtime_env("pip: null", "x")), R"({"pip":null})");
}

TEST(runtime_env, refuses_what_ray_refuses_and_says_where)
{
    for (refusal const& one : {
             refusal{"pip: [a", "env.yaml:1:1: ", errc::bad_document},
             refusal{"{\"pip\": [\"a\"", "env.yaml: ", errc::bad_document},
             refusal{"[a]", "env.yaml:1:1: a runtime environment must be a mapping, not a list"},
             refusal{"a: 1\n---\nb: 2\n", "env.yaml: one runtime environment is wanted"},
             refusal{"env_vars:\n  A: x\n  B: 5\n", "env.yaml:3:6: env_vars.B must be a text: write \"5\" in quotes"},
             refusal{"env_vars:\n  B: yes\n", "env.yaml:2:6: env_vars.B must be a text: write \"true\" in quotes"},
             refusal{"env_vars:\n  B:\n", ": env_vars.B must be a text, not empty"},
             refusal{"env_vars:\n  B: [x]\n", "env.yaml:2:6: env_vars.B must be a text, not a list"},
             refusal{"env_vars: {'A=B': x}", "env.yaml:1:19: env_vars.A=B is no name of an environment variable"},
             refusal{"env_vars: [A]", "env.yaml:1:11: env_vars must be a mapping of names to texts, not a list"},
             refusal{"{\"env_vars\": {\"A\": 5}}", "env.yaml: env_vars.A must be a text: write \"5\" in quotes"},
             refusal{"working_dir: [x]", "env.yaml:1:14: working_dir must be a text, not a list"},
             refusal{"py_modules: x", "env.yaml:1:13: py_modules must be a list of texts, not a text"},
             refusal{"excludes: x", "env.yaml:1:11: excludes must be a list of texts, not a text"},
             refusal{"excludes: [a, 1]", "env.yaml:1:15: excludes[1] must be a text, not a number"},
             refusal{"pip: [a]\nconda: b\n", "env.yaml:2:8: conda cannot be given together with pip"},
             refusal{"pip: [a]\nuv: [b]\n", "env.yaml:2:5: uv cannot be given together with pip"},
             refusal{
                 "pip: 5",
                 "env.yaml:1:6: pip must be a list of packages, a requirements file or a mapping, not a number"
             },
             refusal{"pip: {package: [a]}", "env.yaml:1:16: pip.package is unknown: pip takes packages, pip_check"},
             refusal{"pip: {pip_check: true}", "env.yaml:1:6: pip needs \"packages\""},
             refusal{"pip: {packages: [a], pip_check: 1}", "pip.pip_check must be true or false, not a number"},
             refusal{"pip: {packages: [a], pip_version: 24}", "pip.pip_version must be a text, not a number"},
             refusal{"pip: {packages: [a, 2]}", "pip.packages[1] must be a text, not a number"},
             refusal{"uv: {packages: req.txt}", "uv.packages must be a list of texts, not a text"},
             refusal{"conda: [a]", "conda must be a name, a file or a mapping, not a list"},
             refusal{"image_uri: x\npip: [a]\n", "env.yaml:2:6: pip cannot be given together with image_uri"},
             refusal{"container: {image: x}\nworking_dir: .\n", "working_dir cannot be given together with container"},
             refusal{
                 "config: {setup_timeout_seconds: 0}", "config.setup_timeout_seconds must be a whole number above 0"
             },
             refusal{"config: {setup_timeout_seconds: 1.5}", "config.setup_timeout_seconds must be a whole number"},
             refusal{"config: {eager_install: 1}", "config.eager_install must be true or false, not a number"},
             refusal{"worker_process_setup_hook: {a: b}", "worker_process_setup_hook must be a text, not a mapping"},
         }) {
        try {
            parse_runtime_env(one.text, "env.yaml");
            ADD_FAILURE() << one.text;
        } catch (failure const& thrown) {
            EXPECT_THAT(thrown.error().message(), testing::HasSubstr(one.message)) << one.text;
            EXPECT_EQ(thrown.error().code(), one.code) << one.text;
        }
    }
}

TEST(runtime_env, takes_what_ray_takes)
{
    for (std::string const text : {
             "image_uri: x\nconfig: {setup_timeout_seconds: -1}\nenv_vars: {A: b}\n",
             "container: {image: x}\nenv_vars: {A: b}\n",
             "image_uri: ''\npip: [a]\n",
             "pip: {packages: req.txt, pip_check: true, pip_version: '==22', pip_install_options: [--x]}",
             "pip: req.txt\nconda: null\n",
             "uv: {packages: [a], uv_check: false, uv_version: '==1', uv_pip_install_options: []}",
             "conda: {dependencies: [a, {pip: [b]}]}",
             "env_vars: {}\nexcludes: []\n",
             "some_plugin: {a: 1}",
         })
        EXPECT_NO_THROW(parse_runtime_env(text, "x")) << text;
}

}  // namespace
}  // namespace kuberay::ray
