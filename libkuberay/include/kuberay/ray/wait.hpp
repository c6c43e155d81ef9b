#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/ray/cluster.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace kuberay::ray {

/// A pod that is not ready, and why.
struct pod_trouble {
    pod_trouble() = default;
    std::string pod, container, reason, message;  ///< reason: ImagePullBackOff, Unschedulable, CrashLoopBackOff, ...
    bool operator==(pod_trouble const&) const = default;
};

/// What a person wants to see while waiting.
struct progress {
    progress() = default;
    std::string state;
    std::vector<kube::condition> conditions;
    int pods_ready = 0;
    int pods_wanted = 0;                ///< head, and replicas times hosts of every group that is not suspended
    std::vector<pod_trouble> troubles;  ///< by pod name
    std::vector<std::string> messages;  ///< failures that may still heal: "ReplicaFailure: FailedCreateHeadPod: ..."
    bool operator==(progress const&) const = default;
};

struct wait_options {
    wait_options() = default;
    std::chrono::steady_clock::duration timeout{};                              ///< zero: none
    std::chrono::steady_clock::duration fail_after = std::chrono::seconds(60);  ///< of unbroken failure
    std::function<void(progress const&)> on_progress;                           ///< called whenever it changed
    std::function<std::chrono::steady_clock::time_point()> now;                 ///< tests; empty: the steady clock
    std::function<void(error const& cause)> on_reconnect;                       ///< a watch was lost and is resumed
};

/// Waits until the cluster was provisioned (condition RayClusterProvisioned True, or state `ready`) without pods that
/// could not be created (the operator calls it provisioned in spite of them), and returns it.
/// Watches the cluster and its pods; survives lost watches. `uid` empty: whichever cluster has the name.
///
/// Errors: `errc::timed_out`; `errc::unsatisfiable` with the reason: deleted or replaced by another of the same name,
/// an image name that can never be pulled (InvalidImageName), or ReplicaFailure / state failed for `fail_after` without
/// a break. What may heal (unschedulable pods, ImagePullBackOff) is only reported. Cancellation: terminal.
task<cluster> wait_cluster_ready(
    kube::client on, std::string ns, std::string name, std::string uid, wait_options options = wait_options()
);

/// Waits until no object of that name is there, or one with another uid. `uid` empty: only absence counts.
/// Errors: `errc::timed_out` (naming finalizers that hold the object); those of a watch. Cancellation: terminal.
task<void> wait_deleted(
    kube::client on, kube::resource_type type, std::string ns, std::string name, std::string uid,
    std::chrono::steady_clock::duration timeout
);

}  // namespace kuberay::ray
