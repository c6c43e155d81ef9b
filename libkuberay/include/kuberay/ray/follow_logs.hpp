#pragma once

#include <kuberay/kube/logs.hpp>
#include <kuberay/ray/log_archive.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

/// A line of one of the containers that are followed.
struct node_log_line {
    node_log_line() = default;
    std::string pod, container;
    bool is_head = false;
    kube::log_line line;
};

struct follow_logs_options {
    follow_logs_options() = default;
    node_kinds nodes = node_kinds::all;
    std::string node;       ///< one pod by name
    std::string container;  ///< empty: the Ray container; "*": every container
    std::string file;       ///< instead of container logs: a file below /tmp/ray/session_latest/logs ("raylet.out")
    std::optional<std::chrono::seconds> since;
    std::optional<std::int64_t> tail;                               ///< lines per container (or file) at the start
    std::function<void(std::string const& pod, bool came)> on_pod;  ///< a pod joined or left
    std::function<void(std::string const& pod, error const& cause)> on_trouble;  ///< reconnects, a pod that failed
};

/// Follows the logs of all nodes of a cluster at once; pods that come later join by themselves. Movable.
class cluster_log_follower {
public:
    class implementation;
    cluster_log_follower(kube::client on, std::string ns, std::string cluster, follow_logs_options options);
    cluster_log_follower(cluster_log_follower&&) noexcept;
    cluster_log_follower& operator=(cluster_log_follower&&) noexcept;
    ~cluster_log_follower();

    /// The next line of any node, in order of arrival; lines of one container stay in order. nullopt when the cluster
    /// is gone. Back-pressure: at most a bounded number of lines is held.
    /// Errors: `reason::not_found` when there is no such cluster (or node); those of a watch. Cancellation: terminal.
    task<std::optional<node_log_line>> next();

private:
    std::unique_ptr<implementation> implementation_;
};

}  // namespace kuberay::ray
