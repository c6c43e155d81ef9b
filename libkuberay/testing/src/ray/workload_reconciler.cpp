#include "workload_reconciler.hpp"

#include "pod_template.hpp"

#include <kuberay/base/json.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr char const* job_finalizer = "ray.io/rayjob-finalizer";

json::object status_of(json::object const& object)
{
    json::value const* status = object.if_contains("status");
    return status && status->is_object() ? status->get_object() : json::object();
}

/// The RayCluster that belongs to a RayJob or RayService.
json::object make_owned_cluster(json::object const& owner, std::string const& spec_path, std::string const& name)
{
    json::value const root = owner;
    json::object cluster;
    cluster["apiVersion"] = "ray.io/v1";
    cluster["kind"] = "RayCluster";
    json::object& meta = part_of(cluster, "metadata");
    meta["name"] = name;
    meta["namespace"] = text_at(owner, "metadata.namespace");
    json::object& labels = part_of(meta, "labels");
    labels["ray.io/originated-from-crd"] = text_at(owner, "kind");
    labels["ray.io/originated-from-cr-name"] = text_at(owner, "metadata.name");
    meta["ownerReferences"] = json::array(1, json::value(owner_reference_to(owner)));
    if (json::value const* spec = find_path(root, spec_path)) cluster["spec"] = *spec;
    return cluster;
}

/// Removes the finalizer of a RayJob that is being deleted.
void release_job(api_server server, json::object job)
{
    json::value* finalizers = part_of(job, "metadata").if_contains("finalizers");
    if (!finalizers || !finalizers->is_array()) return;
    json::array kept;
    for (json::value const& one : finalizers->get_array())
        if (one != json::value(job_finalizer)) kept.push_back(one);
    if (kept.size() == finalizers->get_array().size()) return;
    part_of(job, "metadata")["finalizers"] = std::move(kept);
    server.put(std::move(job));
}

std::string selected_cluster(json::object const& job)
{
    json::value const root = job;
    json::value const* selector = find_path(root, "spec.clusterSelector");
    json::value const* name =
        selector && selector->is_object() ? selector->get_object().if_contains("ray.io/cluster") : nullptr;
    return name && name->is_string() ? std::string(name->get_string()) : std::string();
}

std::string submission_id(json::object const& job)
{
    json::value const root = job;
    json::value const* annotations = find_path(root, "metadata.annotations");
    json::value const* id = annotations && annotations->is_object()
                                ? annotations->get_object().if_contains("ray.io/ray-job-submission-id")
                                : nullptr;
    return id && id->is_string() ? std::string(id->get_string()) : text_at(job, "spec.jobId");
}

void suspend_job(api_server server, json::object job)
{
    json::object status = status_of(job);
    std::string const cluster = text_at(status, "rayClusterName");
    if (!cluster.empty() && selected_cluster(job).empty())
        server.remove("rayclusters.ray.io", text_at(job, "metadata.namespace"), cluster);
    status["jobDeploymentStatus"] = "Suspended";
    for (char const* name : {"rayClusterName", "rayClusterStatus", "dashboardURL", "jobId", "jobStatus", "startTime"})
        status.erase(name);
    write_status(server, std::move(job), std::move(status));
}

/// The first step: finalizer, names, cluster.
json::object start_job(api_server server, json::object job)
{
    json::object status = status_of(job);
    std::string cluster = selected_cluster(job);
    if (cluster.empty()) {
        cluster = text_at(job, "metadata.name") + "-" + next_suffix();
        json::value& finalizers = part_of(job, "metadata")["finalizers"];
        if (!finalizers.is_array()) finalizers.emplace_array();
        finalizers.get_array().push_back(job_finalizer);
        server.put(make_owned_cluster(job, "spec.rayClusterSpec", cluster));
        write_event(
            server, job, "Normal", "CreatedRayCluster",
            "Created RayCluster " + text_at(job, "metadata.namespace") + "/" + cluster, "rayjob-controller"
        );
    }
    status["jobDeploymentStatus"] = "Initializing";
    status["rayClusterName"] = cluster;
    status["startTime"] = format_rfc3339(server.now());
    status["failed"] = 0;
    status["succeeded"] = 0;
    if (text_at(job, "spec.submissionMode") != "InteractiveMode") {
        std::string const id = text_at(job, "spec.jobId");
        status["jobId"] = id.empty() ? text_at(job, "metadata.name") + "-" + next_suffix() : id;
    }
    job["status"] = std::move(status);
    return server.put(std::move(job));
}

}  // namespace

void reconcile_job(api_server server, object_name const& name)
{
    std::optional<json::object> found = server.find("rayjobs.ray.io", name.ns, name.name);
    if (!found) return;
    if (!text_at(*found, "metadata.deletionTimestamp").empty()) {
        release_job(server, std::move(*found));
        return;
    }
    std::string const state = text_at(*found, "status.jobDeploymentStatus");
    if (flag_at(*found, "spec.suspend")) {
        if (state != "Suspended") suspend_job(server, std::move(*found));
        return;
    }
    if (state == "Complete" || state == "Failed" || state == "ValidationFailed") return;
    json::object job = state.empty() || state == "Suspended" ? start_job(server, std::move(*found)) : std::move(*found);
    json::object status = status_of(job);
    auto const cluster = server.find("rayclusters.ray.io", name.ns, text_at(status, "rayClusterName"));
    if (!cluster || !cluster->contains("status")) return;
    status["rayClusterStatus"] = cluster->at("status");
    if (text_at(*cluster, "status.state") == "ready" && text_at(status, "jobDeploymentStatus") != "Running") {
        status["dashboardURL"] = head_service_name(*cluster) + "." + name.ns + ".svc.cluster.local:8265";
        bool const interactive = text_at(job, "spec.submissionMode") == "InteractiveMode";
        std::string const id = interactive ? submission_id(job) : text_at(status, "jobId");
        status["jobDeploymentStatus"] = id.empty() ? "Waiting" : "Running";
        if (!id.empty()) {
            status["jobId"] = id;
            status["jobStatus"] = "PENDING";
        }
    }
    write_status(server, std::move(job), std::move(status));
}

void reconcile_service(api_server server, object_name const& name)
{
    std::optional<json::object> found = server.find("rayservices.ray.io", name.ns, name.name);
    if (!found || !text_at(*found, "metadata.deletionTimestamp").empty()) return;
    json::object service = std::move(*found);
    json::object status = status_of(service);
    std::string const now = format_rfc3339(server.now());
    std::string const active = text_at(status, "activeServiceStatus.rayClusterName");
    std::string pending = text_at(status, "pendingServiceStatus.rayClusterName");
    if (active.empty() && pending.empty()) {
        pending = name.name + "-" + next_suffix();
        server.put(make_owned_cluster(service, "spec.rayClusterConfig", pending));
        part_of(status, "pendingServiceStatus")["rayClusterName"] = pending;
        set_condition(status, "Ready", false, "Initializing", "RayService is initializing", now);
    }
    auto const cluster = server.find("rayclusters.ray.io", name.ns, active.empty() ? pending : active);
    if (cluster && text_at(*cluster, "status.state") == "ready") {
        json::object running;
        running["rayClusterName"] = text_at(*cluster, "metadata.name");
        running["rayClusterStatus"] = cluster->at("status");
        status["activeServiceStatus"] = std::move(running);
        status["pendingServiceStatus"] = json::object();
        status["serviceStatus"] = "Running";
        status["numServeEndpoints"] = 1 + number_at(*cluster, "status.readyWorkerReplicas", 0);
        set_condition(
            status, "Ready", true, "NonZeroServeEndpoints", "Number of serve endpoints is greater than 0", now
        );
        for (char const* suffix : {"-head-svc", "-serve-svc"}) {
            if (server.find("services", name.ns, name.name + suffix)) continue;
            json::object made = make_head_service(*cluster);
            part_of(made, "metadata")["name"] = name.name + suffix;
            part_of(made, "metadata")["ownerReferences"] = json::array(1, json::value(owner_reference_to(service)));
            server.put(std::move(made));
        }
    }
    status["observedGeneration"] = number_at(service, "metadata.generation", 1);
    write_status(server, std::move(service), std::move(status));
}

}  // namespace kuberay::testing
