#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/submit_job.hpp>

#include <gmock/gmock.h>

namespace kuberay::ray {
namespace {

rayjob_config sample()
{
    rayjob_config job;
    job.name = "train";
    job.ns = "team-a";
    job.submission_id = "raysubmit_x";
    job.entrypoint = "python 'my script.py'";
    return job;
}

error refused(json::object rayjob, std::string schedule, std::string zone, json::object env)
{
    try {
        generate_cron_job(std::move(rayjob), std::move(schedule), std::move(zone), std::move(env));
    } catch (failure const& f) {
        return f.error();
    }
    return error();
}

json::object env_of(std::string const& text) { return parse_json(text).value().as_object(); }

TEST(rayjob_generation, makes_an_interactive_job_with_a_cluster_of_its_own)
{
    json::value const made = generate_rayjob(sample(), cluster_config());
    EXPECT_EQ(string_at(made, "apiVersion"), "ray.io/v1");
    EXPECT_EQ(string_at(made, "kind"), "RayJob");
    EXPECT_EQ(string_at(made, "metadata.name"), "train");
    EXPECT_EQ(string_at(made, "metadata.namespace"), "team-a");
    EXPECT_EQ(string_at(made, "spec.submissionMode"), "InteractiveMode");
    EXPECT_EQ(string_at(made, "spec.entrypoint"), "python 'my script.py'");
    EXPECT_EQ(string_at(made, "spec.jobId"), "raysubmit_x");
    EXPECT_EQ(int_at(made, "spec.ttlSecondsAfterFinished"), 0);
    EXPECT_EQ(bool_at(made, "spec.shutdownAfterJobFinishes"), false);
    EXPECT_EQ(string_at(made, "spec.rayClusterSpec.rayVersion"), default_ray_version);
    EXPECT_EQ(find_path(made, "spec.clusterSelector"), nullptr);
    EXPECT_EQ(find_path(made, "metadata.labels"), nullptr);
    EXPECT_EQ(job::from_json(made).spec.ray_cluster_spec->worker_group_specs.size(), 1U);
}

TEST(rayjob_generation, selects_an_existing_cluster_instead)
{
    rayjob_config config = sample();
    config.existing_cluster = "shared";
    config.labels["a"] = "b";
    json::value const made = generate_rayjob(config, cluster_config());
    EXPECT_EQ(find_path(made, "spec.rayClusterSpec"), nullptr);
    EXPECT_EQ(job::from_json(made).spec.cluster_selector, (string_map{{"ray.io/cluster", "shared"}}));
    EXPECT_EQ(string_at(made, "metadata.labels.a"), "b");
}

TEST(rayjob_generation, a_time_to_live_turns_the_shutdown_on_even_when_it_is_zero)
{
    for (std::int32_t const ttl : {0, 30}) {
        rayjob_config config = sample();
        config.ttl_seconds_after_finished = ttl;
        json::value const made = generate_rayjob(config, cluster_config());
        EXPECT_EQ(bool_at(made, "spec.shutdownAfterJobFinishes"), true) << ttl;
        EXPECT_EQ(int_at(made, "spec.ttlSecondsAfterFinished"), ttl);
    }
}

TEST(cron_job_generation, lets_the_operator_submit_each_run_under_an_id_of_its_own)
{
    json::object const env = env_of(R"({"working_dir": "https://host/x.zip", "env_vars": {"A": "1"}})");
    json::value const made = generate_cron_job(generate_rayjob(sample(), cluster_config()), "0 4 * * *", "", env);
    EXPECT_EQ(string_at(made, "kind"), "RayCronJob");
    EXPECT_EQ(string_at(made, "metadata.name"), "train");
    EXPECT_EQ(string_at(made, "spec.schedule"), "0 4 * * *");
    EXPECT_EQ(find_path(made, "spec.timeZone"), nullptr);
    EXPECT_EQ(string_at(made, "spec.jobTemplate.submissionMode"), "HTTPMode");
    EXPECT_EQ(find_path(made, "spec.jobTemplate.jobId"), nullptr);
    auto const written = parse_yaml(string_at(made, "spec.jobTemplate.runtimeEnvYAML"), "env");
    EXPECT_EQ(written.size(), 1U);
    if (!written.empty()) {
        EXPECT_EQ(written.front().value(), json::value(env));
    }
    json::value const zoned =
        generate_cron_job(generate_rayjob(sample(), cluster_config()), "@daily", "Europe/Berlin", json::object());
    EXPECT_EQ(string_at(zoned, "spec.timeZone"), "Europe/Berlin");
    EXPECT_EQ(find_path(zoned, "spec.jobTemplate.runtimeEnvYAML"), nullptr);
}

TEST(cron_job_generation, refuses_schedules_zones_and_local_files)
{
    json::object const job = generate_rayjob(sample(), cluster_config());
    struct row {
        char const *schedule, *zone, *env, *says;
    };
    for (row const& r :
         {row{"nonsense", "", "{}", "instead of 5"}, row{"@daily", "Mars Base", "{}", "no name of a time zone"},
          row{"@daily", "Local", "{}", "no name of a time zone"},
          row{"@daily", "", R"({"working_dir": "./src"})", R"(working_dir "./src" is a local path)"},
          row{"@daily", "", R"({"py_modules": ["s3://b/m.zip", "mine"]})", R"(py_modules "mine" is a local path)"},
          row{"@daily", "", R"({"pip": "requirements.txt"})", "pip \"requirements.txt\" is a local path"},
          row{"@daily", "", R"({"uv": "requirements.txt"})", "uv \"requirements.txt\" is a local path"},
          row{"@daily", "", R"({"conda": "env.yaml"})", "conda \"env.yaml\" is a local path"}}) {
        error const why = refused(job, r.schedule, r.zone, env_of(r.env));
        EXPECT_EQ(why.code(), errc::bad_input) << r.says;
        EXPECT_THAT(why.message(), ::testing::HasSubstr(r.says));
    }
    EXPECT_FALSE(refused(job, "@daily", "", env_of(R"({"conda": "base", "pip": ["numpy"]})")));
}

}  // namespace
}  // namespace kuberay::ray
