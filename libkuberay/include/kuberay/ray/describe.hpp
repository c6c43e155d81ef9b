#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/service.hpp>
#include <kuberay/ray/wait.hpp>
#include <kuberay/ray/worker_groups.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

struct pod_description {
    pod_description() = default;
    std::string name, type, group, phase, node, pod_ip;
    bool ready = false;
    std::int64_t restarts = 0;
    std::vector<pod_trouble> troubles;
};

/// What answers "why is my cluster not ready". What could not be read (rights) is missing and named in `notes`.
struct cluster_description {
    cluster_description() = default;
    ray::cluster cluster;
    std::vector<worker_group_row> groups;
    std::vector<pod_description> pods;  ///< the head first
    std::optional<kube::service> head_service;
    std::vector<kube::event> events;  ///< of the cluster and its pods, newest last, at most 20
    std::vector<std::string> notes;
};

/// Reads it all at the same time. Errors: the server's for the cluster itself.
task<cluster_description> describe_cluster(kube::client on, std::string ns, std::string name);

struct job_description {
    job_description() = default;
    ray::job job;
    std::optional<cluster_description> cluster;  ///< absent: not there (yet, or any more)
    std::vector<kube::event> events;
    std::vector<std::string> notes;
};

task<job_description> describe_job(kube::client on, std::string ns, std::string name);

struct service_description {
    service_description() = default;
    ray::service service;
    std::optional<cluster_description> active, pending;
    std::vector<kube::event> events;
    std::vector<std::string> notes;
};

task<service_description> describe_service(kube::client on, std::string ns, std::string name);

/// The events of one object, oldest first. Errors: the server's.
task<std::vector<kube::event>> events_of(kube::client on, std::string ns, std::string kind, std::string name);

/// Whether an event is about a cluster or one of its pods, by their names. Pure.
bool concerns_cluster(kube::event const& event, std::string const& cluster);

/// The events of a cluster and of its pods, oldest first. Errors: the server's.
task<std::vector<kube::event>> events_of_cluster(kube::client on, std::string ns, std::string name);

/// The description as a person reads it, on one screen. Pure.
std::string to_text(cluster_description const& of, timestamp now);
std::string to_text(job_description const& of, timestamp now);
std::string to_text(service_description const& of, timestamp now);

/// The description for a program: the objects as the server has them, `groups`, `pods`, `events`, `notes`. Pure.
json::object to_json(cluster_description const& of);
json::object to_json(job_description const& of);
json::object to_json(service_description const& of);

}  // namespace kuberay::ray
