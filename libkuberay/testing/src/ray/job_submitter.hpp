#pragma once

#include "cluster_reconciler.hpp"
#include "objects.hpp"

#include <kuberay/testing/ray_head.hpp>

#include <string>

namespace kuberay::testing {

/// What the operator, or a submitter, sends to the Jobs API for a RayJob.
json::object submission_of(json::object const& job, std::string const& id);

/// The batch Job and the pod that submit a RayJob in K8sJobMode, made when missing.
void make_submitter(api_server server, json::object const& job, json::object const& cluster);
/// The container that submits in SidecarMode, added to the head of the cluster.
void add_sidecar(json::object const& job, json::object& cluster);

/// What the submitter does now: submits, writes to its log, ends with the job. Returns the exit code once it has ended.
std::optional<int> advance_submitter(
    api_server server, operator_settings& settings, json::object const& job, ray_head head, std::string const& head_pod
);
void remove_submitter(api_server server, object_name const& job);

}  // namespace kuberay::testing
