#include "job_submitter.hpp"
#include "pod_template.hpp"
#include "workload_reconciler.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

constexpr char const* finalizer = "ray.io/rayjob-finalizer";
constexpr char const* component = "rayjob-controller";

std::string selected_cluster(json::object const& job)
{
    json::value const root = job;
    json::value const* selector = find_path(root, "spec.clusterSelector");
    json::value const* name =
        selector && selector->is_object() ? selector->get_object().if_contains("ray.io/cluster") : nullptr;
    return name && name->is_string() ? std::string(name->get_string()) : std::string();
}

bool is_over(std::string const& status) { return status == "SUCCEEDED" || status == "FAILED" || status == "STOPPED"; }

/// A RayJob while it is taken one step further.
struct job_step {
    job_step(api_server on, operator_settings& of, json::object found)
        : server(std::move(on))
        , settings(of)
        , job(std::move(found))
        , name(job)
        , status(status_of(job))
    {
    }

    std::string state() const { return text_at(status, "jobDeploymentStatus"); }
    std::string mode() const { return text_at(job, "spec.submissionMode"); }
    bool has_submitter() const { return mode() == "SidecarMode" || mode() == "K8sJobMode" || mode().empty(); }

    void fail(char const* reason, std::string message)
    {
        status["jobDeploymentStatus"] = "Failed";
        status["reason"] = reason;
        status["message"] = std::move(message);
    }

    /// The name of the head's pod; empty while there is none.
    std::string head_pod() const
    {
        for (json::object const& pod : pods_of(server, object_name(name.ns, text_at(status, "rayClusterName")))) {
            json::value const root = pod;
            json::value const* labels = find_path(root, "metadata.labels");
            json::value const* type = labels ? labels->as_object().if_contains("ray.io/node-type") : nullptr;
            if (type && *type == "head") return text_at(pod, "metadata.name");
        }
        return std::string();
    }

    std::optional<ray_head> head() const
    {
        std::string const pod = head_pod();
        return settings.head_of && !pod.empty() ? settings.head_of(pod) : std::nullopt;
    }

    api_server server;
    operator_settings& settings;
    json::object job;
    object_name name;
    json::object status;
    std::optional<std::chrono::seconds> again;
};

/// The job is being deleted: what runs is stopped, the finalizer goes.
void release(job_step& step)
{
    std::optional<ray_head> head = step.head();
    if (head && !is_over(text_at(step.status, "jobStatus"))) head->stop_job(text_at(step.status, "jobId"));
    json::value* finalizers = part_of(step.job, "metadata").if_contains("finalizers");
    if (!finalizers || !finalizers->is_array()) return;
    json::array kept;
    for (json::value const& one : finalizers->get_array())
        if (one != json::value(finalizer)) kept.push_back(one);
    if (kept.size() == finalizers->get_array().size()) return;
    part_of(step.job, "metadata")["finalizers"] = std::move(kept);
    step.server.put(std::move(step.job));
}

bool passed(job_step& step, char const* field, char const* reason)
{
    std::int64_t const seconds = number_at(step.job, std::string("spec.") + field, 0);
    auto const started = parse_rfc3339(text_at(step.status, "startTime"));
    if (seconds <= 0 || !started) return false;
    auto const left = *started + std::chrono::seconds(seconds) - step.server.now();
    if (left > timestamp::duration::zero()) {
        auto const whole = std::chrono::ceil<std::chrono::seconds>(left);
        step.again = step.again ? std::min(*step.again, whole) : whole;
        return false;
    }
    step.fail(
        reason, std::string("The RayJob has passed the ") + field + ". StartTime: " + text_at(step.status, "startTime")
                    + ". " + static_cast<char>(*field - 'a' + 'A') + (field + 1) + ": " + std::to_string(seconds)
    );
    return true;
}

/// The cluster, made when missing; absent when a selected one is not there.
std::optional<json::object> find_or_make_cluster(job_step& step)
{
    std::string const name = text_at(step.status, "rayClusterName");
    if (auto found = step.server.find("rayclusters.ray.io", step.name.ns, name)) return found;
    if (!selected_cluster(step.job).empty()) {
        if (std::exchange(step.settings.missed[step.name], name) != name)
            write_event(
                step.server, step.job, "Warning", "RayClusterNotFound",
                "RayCluster " + step.name.ns + "/" + name
                    + " set in the clusterSelector is not found. It must be created manually",
                component
            );
        step.again = std::chrono::seconds(1);
        return std::nullopt;
    }
    json::object cluster = make_owned_cluster(step.job, "spec.rayClusterSpec", name);
    std::string const mode = step.mode();
    part_of(part_of(cluster, "metadata"), "labels")["ray.io/job-submission-mode"] = mode.empty() ? "K8sJobMode" : mode;
    if (mode == "SidecarMode") add_sidecar(step.job, cluster);
    json::object made = step.server.put(std::move(cluster));
    write_event(
        step.server, step.job, "Normal", "CreatedRayCluster", "Created RayCluster " + step.name.ns + "/" + name,
        component
    );
    return made;
}

void begin(job_step& step)
{
    json::value& finalizers = part_of(step.job, "metadata")["finalizers"];
    if (!finalizers.is_array()) finalizers.emplace_array();
    if (std::ranges::find(finalizers.get_array(), json::value(finalizer)) == finalizers.get_array().end())
        finalizers.get_array().push_back(finalizer);
    std::string const id = text_at(step.job, "spec.jobId");
    if (step.mode() != "InteractiveMode") step.status["jobId"] = id.empty() ? step.name.name + "-" + next_suffix() : id;
    std::string const cluster = selected_cluster(step.job);
    step.status["rayClusterName"] = cluster.empty() ? step.name.name + "-" + next_suffix() : cluster;
    step.status["jobDeploymentStatus"] = "Initializing";
    step.status["jobStatus"] = "";
    step.status["startTime"] = format_rfc3339(step.server.now());
}

bool suspends(job_step& step)
{
    if (!flag_at(step.job, "spec.suspend")) return false;
    step.status["jobDeploymentStatus"] = "Suspending";
    return true;
}

void initialize(job_step& step)
{
    if (suspends(step) || passed(step, "activeDeadlineSeconds", "DeadlineExceeded")
        || passed(step, "preRunningDeadlineSeconds", "PreRunningDeadlineExceeded"))
        return;
    std::optional<json::object> const cluster = find_or_make_cluster(step);
    if (!cluster) return;
    if (cluster->contains("status")) step.status["rayClusterStatus"] = cluster->at("status");
    if (text_at(*cluster, "status.state") != "ready") {
        // Changes of its own cluster are heard of.
        if (!selected_cluster(step.job).empty()) step.again = std::chrono::seconds(1);
        return;
    }
    step.status["dashboardURL"] = head_service_name(*cluster) + "." + step.name.ns + ".svc.cluster.local:8265";
    if (step.mode() == "InteractiveMode") {
        step.status["jobDeploymentStatus"] = "Waiting";
        return;
    }
    if (step.mode() != "HTTPMode" && step.mode() != "SidecarMode") make_submitter(step.server, step.job, *cluster);
    step.status["jobDeploymentStatus"] = "Running";
}

void wait_for_submission(job_step& step)
{
    if (passed(step, "preRunningDeadlineSeconds", "PreRunningDeadlineExceeded")) return;
    std::string const id = text_at(step.job, "spec.jobId");
    if (id.empty()) return;
    step.status["jobId"] = id;
    step.status["jobDeploymentStatus"] = "Running";
}

void follow(job_step& step)
{
    if (suspends(step) || passed(step, "activeDeadlineSeconds", "DeadlineExceeded")) return;
    std::optional<json::object> const cluster = find_or_make_cluster(step);
    if (cluster && cluster->contains("status")) step.status["rayClusterStatus"] = cluster->at("status");
    std::optional<ray_head> head = step.head();
    if (!cluster || !head) return;
    std::string const id = text_at(step.status, "jobId");
    bool submitter_ended = true;
    if (step.has_submitter()) {
        std::optional<int> const code = advance_submitter(step.server, step.settings, step.job, *head, step.head_pod());
        submitter_ended = code.has_value();
        // Its log grows without a change of any object.
        if (!code) step.again = std::min(step.again.value_or(std::chrono::seconds(1)), std::chrono::seconds(1));
    } else if (step.mode() == "HTTPMode" && !head->find(id)) {
        head->submit(submission_of(step.job, id));
    }
    // One that is not there is looked for again, for ever.
    std::optional<json::object> const info = head->find(id);
    if (!info) return;
    std::string const now = text_at(*info, "status");
    step.status["jobStatus"] = now;
    step.status["message"] = text_at(*info, "message");
    json::object& times = part_of(step.status, "rayJobInfo");
    auto const time_of = [](std::int64_t ms) { return format_rfc3339(timestamp(std::chrono::milliseconds(ms))); };
    if (std::int64_t const start = number_at(*info, "start_time", 0); start != 0) times["startTime"] = time_of(start);
    if (std::int64_t const end = number_at(*info, "end_time", 0); end != 0) times["endTime"] = time_of(end);
    if (!is_over(now) || !submitter_ended) return;
    step.status["jobDeploymentStatus"] = now == "FAILED" ? "Failed" : "Complete";
    if (now == "FAILED") step.status["reason"] = "AppFailed";
}

/// Suspending, or between two attempts: all goes before the state changes.
void give_up_cluster(job_step& step)
{
    if (selected_cluster(step.job).empty())
        step.server.remove("rayclusters.ray.io", step.name.ns, text_at(step.status, "rayClusterName"));
    remove_submitter(step.server, step.name);
    bool const suspending = step.state() == "Suspending";
    for (char const* field :
         {"rayClusterStatus", "rayClusterName", "dashboardURL", "jobId", "message", "reason", "rayJobInfo", "jobStatus"
         })
        step.status.erase(field);
    step.status["jobDeploymentStatus"] = suspending ? "Suspended" : "";
}

void clean_up(job_step& step)
{
    if (!selected_cluster(step.job).empty() || !flag_at(step.job, "spec.shutdownAfterJobFinishes")) return;
    auto const ended = parse_rfc3339(text_at(step.status, "endTime"));
    std::chrono::seconds const ttl(number_at(step.job, "spec.ttlSecondsAfterFinished", 0));
    std::string const cluster = text_at(step.status, "rayClusterName");
    if (!step.server.find("rayclusters.ray.io", step.name.ns, cluster)) return;
    if (ended && ttl.count() > 0 && *ended + ttl > step.server.now()) {
        step.again = std::chrono::ceil<std::chrono::seconds>(*ended + ttl - step.server.now());
        return;
    }
    step.server.remove("rayclusters.ray.io", step.name.ns, cluster);
    write_event(
        step.server, step.job, "Normal", "DeletedRayCluster", "Deleted cluster " + step.name.ns + "/" + cluster,
        component
    );
}

void count_outcome(job_step& step, std::string const& before)
{
    std::string const now = step.state();
    std::int64_t failed = number_at(step.status, "failed", 0);
    std::int64_t succeeded = number_at(step.status, "succeeded", 0);
    if (now != before && now == "Failed") ++failed;
    if (now != before && now == "Complete" && text_at(step.status, "jobStatus") == "SUCCEEDED") ++succeeded;
    step.status["failed"] = failed;
    step.status["succeeded"] = succeeded;
    if (now != before && (now == "Failed" || now == "Complete"))
        step.status["endTime"] = format_rfc3339(step.server.now());
    bool const retries = now != before && now == "Failed" && text_at(step.status, "reason") != "DeadlineExceeded"
                         && failed <= number_at(step.job, "spec.backoffLimit", -1);
    if (retries) step.status["jobDeploymentStatus"] = "Retrying";
}

void refuse(job_step& step, std::string const& why)
{
    if (step.state() == "ValidationFailed" && text_at(step.status, "message") == why) return;
    step.status["jobDeploymentStatus"] = "ValidationFailed";
    step.status["reason"] = "ValidationFailed";
    step.status["message"] = why;
    bool const metadata = why.find("metadata is invalid") != std::string::npos;
    write_event(
        step.server, step.job, "Warning", metadata ? "InvalidRayJobMetadata" : "InvalidRayJobSpec",
        step.name.ns + "/" + step.name.name + ": " + why, component
    );
    write_status(step.server, std::move(step.job), std::move(step.status));
}

void take_step(job_step& step, std::string const& state)
{
    if (state.empty()) begin(step);
    if (state == "Initializing") initialize(step);
    if (state == "Waiting") wait_for_submission(step);
    if (state == "Running") follow(step);
    if (state == "Suspending" || state == "Retrying") give_up_cluster(step);
    if (state == "Suspended" && !flag_at(step.job, "spec.suspend")) step.status["jobDeploymentStatus"] = "";
    if (state == "Complete" || state == "Failed") clean_up(step);
}

}  // namespace

std::optional<std::chrono::seconds>
reconcile_job(api_server server, operator_settings& settings, object_name const& name)
{
    std::optional<json::object> found = server.find("rayjobs.ray.io", name.ns, name.name);
    if (!found) return std::nullopt;
    std::string const manager = text_at(*found, "spec.managedBy");
    if (!manager.empty() && manager != "ray.io/kuberay-operator") return std::nullopt;
    job_step step(server, settings, std::move(*found));
    if (!text_at(step.job, "metadata.deletionTimestamp").empty()) {
        release(step);
        return std::nullopt;
    }
    if (std::string const why = job_fault(step.job); !why.empty()) {
        refuse(step, why);
        return std::nullopt;
    }
    std::string const state = step.state();
    take_step(step, state);
    if (state != "Complete" && state != "Failed") count_outcome(step, state);
    write_status(server, std::move(step.job), std::move(step.status));
    return step.again;
}

}  // namespace kuberay::testing
