#pragma once

#include "ray/cluster_fields.hpp"

#include <kuberay/ray/job.hpp>

namespace kuberay {

/// The wire form of RayJob, in the order of the Go structs (ray-operator/apis/ray/v1/rayjob_types.go).

template <>
struct field_table<ray::job_spec> {
    using t = ray::job_spec;
    static constexpr auto fields = std::tuple{
        field{"activeDeadlineSeconds", &t::active_deadline_seconds},
        field{"backoffLimit", &t::backoff_limit},
        field{"rayClusterSpec", &t::ray_cluster_spec},
        field{"submitterPodTemplate", &t::submitter_pod_template},
        field{"metadata", &t::metadata},
        field{"clusterSelector", &t::cluster_selector},
        field{"managedBy", &t::managed_by},
        field{"deletionStrategy", &t::deletion_strategy},
        field{"entrypoint", &t::entrypoint},
        field{"runtimeEnvYAML", &t::runtime_env_yaml},
        field{"jobId", &t::job_id},
        field{"submissionMode", &t::submission_mode},
        field{"entrypointResources", &t::entrypoint_resources},
        field{"entrypointNumCpus", &t::entrypoint_num_cpus},
        field{"entrypointNumGpus", &t::entrypoint_num_gpus},
        field{"ttlSecondsAfterFinished", &t::ttl_seconds_after_finished},
        field{"preRunningDeadlineSeconds", &t::pre_running_deadline_seconds},
        field{"shutdownAfterJobFinishes", &t::shutdown_after_job_finishes},
        field{"suspend", &t::suspend},
    };
};

template <>
struct field_table<ray::job_status> {
    using t = ray::job_status;
    static constexpr auto fields = std::tuple{
        field{"jobId", &t::job_id},
        field{"rayClusterName", &t::ray_cluster_name},
        field{"dashboardURL", &t::dashboard_url},
        field{"jobStatus", &t::status},
        field{"jobDeploymentStatus", &t::deployment_status},
        field{"reason", &t::reason},
        field{"message", &t::message},
        field{"startTime", &t::start_time},
        field{"endTime", &t::end_time},
        field{"succeeded", &t::succeeded},
        field{"failed", &t::failed},
        field{"rayClusterStatus", &t::ray_cluster_status},
        field{"observedGeneration", &t::observed_generation},
    };
};

template <>
struct field_table<ray::job> {
    using t = ray::job;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay
