#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/ray/cluster.hpp>

namespace kuberay::ray {

/// The values of ray.io/v1 RayJob. As for `cluster`: read, never written back whole.

namespace submission_mode {
inline constexpr std::string_view k8s_job = "K8sJobMode", http = "HTTPMode", interactive = "InteractiveMode",
                                  sidecar = "SidecarMode";
}

/// `job_status::status`: what Ray says of the job.
namespace job_phase {
inline constexpr std::string_view pending = "PENDING", running = "RUNNING", stopped = "STOPPED",
                                  succeeded = "SUCCEEDED", failed = "FAILED";
}

/// `job_status::deployment_status`: what the operator says of the RayJob.
namespace job_deployment {
inline constexpr std::string_view initializing = "Initializing", running = "Running", complete = "Complete",
                                  failed = "Failed", validation_failed = "ValidationFailed", suspending = "Suspending",
                                  suspended = "Suspended", retrying = "Retrying", waiting = "Waiting";
}

struct job_spec {
    job_spec() = default;
    std::string submission_mode;  ///< empty: the server's default, K8sJobMode
    std::string entrypoint, job_id, runtime_env_yaml, entrypoint_resources;
    std::optional<double> entrypoint_num_cpus, entrypoint_num_gpus;
    std::optional<std::int32_t> backoff_limit, active_deadline_seconds, pre_running_deadline_seconds;
    std::optional<std::int32_t> ttl_seconds_after_finished;
    std::optional<bool> shutdown_after_job_finishes, suspend;
    std::map<std::string, std::string> metadata, cluster_selector;
    json::object submitter_pod_template, deletion_strategy;
    std::string managed_by;
    std::optional<cluster_spec> ray_cluster_spec;
    bool operator==(job_spec const&) const = default;
};

struct job_status {
    job_status() = default;
    std::string status;             ///< a `job_phase`, or empty
    std::string deployment_status;  ///< a `job_deployment`, or empty
    std::string job_id, ray_cluster_name, dashboard_url, reason, message;
    std::optional<timestamp> start_time, end_time;
    std::optional<std::int32_t> succeeded, failed;
    cluster_status ray_cluster_status;
    std::int64_t observed_generation = 0;
    bool operator==(job_status const&) const = default;
};

/// A RayJob. Satisfies `kube::resource`.
struct job {
    job() = default;
    kube::object_meta metadata;
    job_spec spec;
    job_status status;

    static kube::resource_type const& type();

    /// Errors: throws `failure`, `errc::bad_document`, naming the field that has the wrong type.
    static job from_json(json::value const& document);

    /// Only what is set.
    json::object to_json() const;
};

/// True when neither Ray nor the operator will change the job's outcome any more.
bool is_finished(job_status const& status) noexcept;

}  // namespace kuberay::ray
