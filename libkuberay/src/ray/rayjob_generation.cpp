#include "base/quote.hpp"
#include "ray/cron_schedule.hpp"
#include "ray/pod_template.hpp"

#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/cron_job.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/submit_job.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

json::object metadata_of(rayjob_config const& job)
{
    json::object metadata;
    metadata.emplace("name", job.name);
    if (!job.ns.empty()) metadata.emplace("namespace", job.ns);
    if (!job.labels.empty()) metadata.emplace("labels", to_object(job.labels));
    if (!job.annotations.empty()) metadata.emplace("annotations", to_object(job.annotations));
    return metadata;
}

void refuse_local_files(json::object const& env)
{
    std::string const pointer = first_local_path(env);
    if (pointer.empty()) return;
    json::value const whole = env;
    std::string const key = pointer.substr(1, pointer.find('/', 1) - 1);
    throw failure(error(
                      errc::bad_input, "the runtime environment's " + key + " "
                                           + kuberay::quoted(whole.at_pointer(pointer).as_string())
                                           + " is a local path: nobody uploads it when the scheduled job runs"
    )
                      .with_hint("give an address that the cluster can reach, or put the files into the image"));
}

void check_time_zone(std::string const& zone)
{
    bool const plain = std::ranges::all_of(zone, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || std::string_view("/_+-").find(c) != std::string_view::npos;
    });
    if (plain && zone != "Local") return;
    throw failure(error(errc::bad_input, "the time zone " + kuberay::quoted(zone) + " is no name of a time zone")
                      .with_hint("give a name of the IANA database: Europe/Berlin"));
}

}  // namespace

json::object generate_rayjob(rayjob_config const& job, cluster_config const& cluster)
{
    json::object spec;
    spec.emplace("entrypoint", job.entrypoint);
    if (!job.submission_id.empty()) spec.emplace("jobId", job.submission_id);
    if (job.existing_cluster.empty()) {
        spec.emplace("rayClusterSpec", generate_cluster_spec(cluster));
    } else {
        json::object selector;
        selector.emplace("ray.io/cluster", job.existing_cluster);
        spec.emplace("clusterSelector", std::move(selector));
    }
    // A time to live without shutdown is refused by the operator.
    bool const shuts_down = job.shutdown_after_job_finishes || job.ttl_seconds_after_finished.has_value();
    spec.emplace("shutdownAfterJobFinishes", shuts_down);
    spec.emplace("submissionMode", submission_mode::interactive);
    spec.emplace("ttlSecondsAfterFinished", job.ttl_seconds_after_finished.value_or(0));
    json::object document;
    document.emplace("apiVersion", job::type().api_version());
    document.emplace("kind", job::type().kind);
    document.emplace("metadata", metadata_of(job));
    document.emplace("spec", std::move(spec));
    return document;
}

json::object
generate_cron_job(json::object rayjob, std::string schedule, std::string time_zone, json::object runtime_env)
{
    check_schedule(schedule).value();
    if (!time_zone.empty()) check_time_zone(time_zone);
    refuse_local_files(runtime_env);
    json::object jobs = rayjob.contains("spec") ? rayjob["spec"].as_object() : json::object();
    // Every run needs an id of its own, which the operator makes.
    jobs.erase("jobId");
    jobs["submissionMode"] = submission_mode::http;
    if (!runtime_env.empty()) jobs["runtimeEnvYAML"] = to_yaml(runtime_env);
    json::object spec;
    spec.emplace("schedule", std::move(schedule));
    if (!time_zone.empty()) spec.emplace("timeZone", std::move(time_zone));
    spec.emplace("jobTemplate", std::move(jobs));
    json::object document;
    document.emplace("apiVersion", cron_job::type().api_version());
    document.emplace("kind", cron_job::type().kind);
    if (auto const* metadata = rayjob.if_contains("metadata")) document.emplace("metadata", *metadata);
    document.emplace("spec", std::move(spec));
    return document;
}

}  // namespace kuberay::ray
