#pragma once

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/watch.hpp>
#include <kuberay/ray/wait.hpp>

#include <map>
#include <optional>
#include <string>

namespace kuberay::ray {

/// Judges from what the watches report whether a cluster is ready or can no longer become so. Pure: no clock, no I/O.
class readiness {
public:
    using time_point = std::chrono::steady_clock::time_point;

    readiness(std::string name, std::string uid, std::chrono::steady_clock::duration fail_after);

    /// A change of the RayCluster of that name.
    void see(kube::watch_event<cluster> event, time_point now);
    /// A change of a pod that carries the cluster's label.
    void see(kube::watch_event<kube::pod> event);
    /// The pods cannot be watched (no rights): goes on without them.
    void without_pods(error const& why);

    bool is_ready() const noexcept { return ready_; }

    /// False until the cluster was seen for the first time.
    bool is_known() const noexcept { return cluster_.has_value(); }

    cluster const& now() const noexcept { return *cluster_; }

    /// Why it can no longer become ready, if so at `now`.
    std::optional<error> verdict(time_point now) const;
    /// When a failure that goes on becomes the end; none while there is no failure.
    std::optional<time_point> next_check() const;

    progress report() const;

private:
    void judge(time_point now);
    bool is_ours(kube::pod const& pod) const;

    std::string name_, uid_;
    std::chrono::steady_clock::duration fail_after_;
    std::optional<cluster> cluster_;
    std::map<std::string, kube::pod> pods_;
    std::optional<time_point> failing_since_;
    std::string failure_, gone_, pods_error_;
    bool ready_ = false;
};

}  // namespace kuberay::ray
