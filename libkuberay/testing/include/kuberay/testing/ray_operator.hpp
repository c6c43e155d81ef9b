#pragma once

#include <kuberay/testing/api_server.hpp>
#include <kuberay/testing/ray_head.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::testing {

/// What goes wrong with the pods of a cluster.
enum class pod_trouble {
    none,
    held,           ///< pods stay Pending until `hold_pods(false)`
    image_pull,     ///< ImagePullBackOff
    unschedulable,  ///< PodScheduled False, Unschedulable
};

/// Stands in for the KubeRay operator (1.6), the scheduler and the kubelet: follows the Ray objects of an API server
/// and makes what they ask for. RayClusters get pods, services, conditions, scaling, suspension and events; RayJobs are
/// checked, get their cluster, are submitted where their mode says so, and follow the job on the head (`use_head`; without
/// one they get as far as Running); RayServices get their cluster. Works at once, in the same process; clocks count only
/// for what objects say in seconds (ttl, deadlines).
///
/// A handle; the server keeps running without it, objects then stay as they are. Thread safety: to be used from the
/// server's executor only.
class ray_operator {
public:
    explicit ray_operator(api_server server);
    ~ray_operator();
    ray_operator(ray_operator const&) = delete;
    ray_operator& operator=(ray_operator const&) = delete;

    /// New and pending pods stay Pending; false lets them all run.
    void hold_pods(bool hold);
    /// How the pods of clusters made from now on fare; an empty name: of every cluster.
    void set_trouble(pod_trouble trouble, std::string cluster = std::string());
    /// Worker pods are refused beyond this number in all (ReplicaFailure); below 0: no limit.
    void limit_pods(int most);
    /// The head of every cluster.
    void use_head(ray_head head);
    /// The head by the name of its pod; nullopt: none answers there.
    void use_heads(std::function<std::optional<ray_head>(std::string const& head_pod)> head_of);
    /// Submitters of RayJobs (K8sJobMode, SidecarMode) write the job's output to the log of their pod.
    void write_logs_to(pod_streams pods);
    /// Does what is due now; otherwise it is done soon after each change.
    void reconcile_now();

private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

}  // namespace kuberay::testing
