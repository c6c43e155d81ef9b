#include "commands/submission_view.hpp"

#include "commands/get_command.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/time.hpp>
#include <kuberay/ray/job.hpp>

#include <algorithm>
#include <tuple>

namespace cli::commands {
namespace {

using kuberay::string_at;

kube::resource_type const& type()
{
    // Version 4 of the Jobs API, which every Ray since 2.9 has.
    static kube::resource_type const submissions(
        "jobs.ray.io", "v4", "Submission", "submissions", kube::scope::cluster
    );
    return submissions;
}

void set(json::object& into, char const* key, std::string const& text)
{
    if (!text.empty()) into[key] = text;
}

std::string text(json::value const& item, std::string_view path) { return std::string(string_at(item, path)); }

std::vector<std::string> cells_of(json::value const& item, kuberay::timestamp now)
{
    std::optional<std::int64_t> const code = kuberay::int_at(item, "status.driverExitCode");
    return {
        text(item, "metadata.name"),
        text(item, "status.jobStatus"),
        text(item, "status.startTime"),
        text(item, "status.endTime"),
        kuberay::age_since(kuberay::parse_rfc3339(string_at(item, "metadata.creationTimestamp")), now),
        text(item, "spec.entrypoint"),
        text(item, "status.type"),
        text(item, "status.jobId"),
        code ? std::to_string(*code) : std::string(),
        text(item, "status.message")
    };
}

// RayJobs are shown by the columns of their CRD, read straight from the document: one odd object must not hide the others.
std::vector<std::string> rayjob_cells(json::value const& item, kuberay::timestamp now)
{
    return {
        text(item, "metadata.name"),
        text(item, "status.jobStatus"),
        text(item, "status.jobDeploymentStatus"),
        text(item, "status.rayClusterName"),
        text(item, "status.startTime"),
        text(item, "status.endTime"),
        kuberay::age_since(kuberay::parse_rfc3339(text(item, "metadata.creationTimestamp")), now),
        text(item, "status.jobId"),
        text(item, "spec.submissionMode"),
        text(item, "status.reason"),
        text(item, "spec.entrypoint")
    };
}

}  // namespace

json::object submission_document(ray::submitted_job const& job)
{
    json::object metadata, spec, status, made;
    metadata["name"] = job.submission_id.empty() ? job.job_id : job.submission_id;
    if (job.start_time) metadata["creationTimestamp"] = kuberay::format_rfc3339(*job.start_time);
    set(spec, "entrypoint", job.entrypoint);
    if (!job.runtime_env.empty()) spec["runtimeEnv"] = job.runtime_env;
    if (!job.metadata.empty()) {
        json::object texts;
        for (auto const& [key, value] : job.metadata)
            texts[key] = value;
        spec["metadata"] = std::move(texts);
    }
    status["jobStatus"] = job.status;
    set(status, "type", job.type);
    set(status, "jobId", job.job_id);
    set(status, "message", job.message);
    set(status, "errorType", job.error_type);
    if (job.start_time) status["startTime"] = kuberay::format_rfc3339(*job.start_time);
    if (job.end_time) status["endTime"] = kuberay::format_rfc3339(*job.end_time);
    set(status, "driverNodeId", job.driver_node_id);
    if (job.driver_exit_code) status["driverExitCode"] = *job.driver_exit_code;
    made["apiVersion"] = type().api_version();
    made["kind"] = type().kind;
    made["metadata"] = std::move(metadata);
    made["spec"] = std::move(spec);
    made["status"] = std::move(status);
    return made;
}

object_view submission_view()
{
    object_view made;
    made.type = type();
    made.noun = "Ray jobs";
    made.columns = columns(
        {"NAME", "STATUS", "START TIME", "END TIME", "AGE", "ENTRYPOINT"}, {"TYPE", "JOB ID", "EXIT CODE", "MESSAGE"}
    );
    made.cells = cells_of;
    return made;
}

object_view rayjob_view(bool with_ns)
{
    object_view made;
    made.type = ray::job::type();
    made.noun = "RayJobs";
    made.columns = columns(
        {"NAME", "JOB STATUS", "DEPLOYMENT STATUS", "RAY CLUSTER", "START TIME", "END TIME", "AGE"},
        {"JOB ID", "SUBMISSION MODE", "REASON", "ENTRYPOINT"}
    );
    if (with_ns) made.columns.insert(made.columns.begin(), view_column("NAMESPACE"));
    made.cells = [with_ns](json::value const& item, kuberay::timestamp now) {
        std::vector<std::string> all = rayjob_cells(item, now);
        if (with_ns) all.insert(all.begin(), std::string(string_at(item, "metadata.namespace")));
        return all;
    };
    return made;
}

void show_submissions(
    context const& on, output_flags const& how, std::vector<ray::submitted_job> jobs, std::string const& none
)
{
    std::ranges::sort(jobs, {}, [](ray::submitted_job const& each) {
        return std::tuple(each.start_time, each.submission_id, each.job_id);
    });
    printer to(on, how, submission_view());
    for (ray::submitted_job const& each : jobs)
        to.add(submission_document(each));
    to.finish(none);
}

}  // namespace cli::commands
