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
    std::string container;  ///< empty: the Ray container; "*": every container, init containers too
    std::string file;       ///< instead of container logs: a file below /tmp/ray/session_latest/logs ("raylet.out")
                            ///< of the Ray container; has no times, so none of `since`
    std::optional<std::chrono::seconds> since;
    std::optional<std::int64_t> tail;                               ///< lines per container (or file) at the start
    std::function<void(std::string const& pod, bool came)> on_pod;  ///< a pod joined or left
    std::function<void(std::string const& pod, error const& cause)> on_trouble;  ///< reconnects, a pod that failed
};

/// Follows the logs of all nodes of a cluster at once; pods that come later join by themselves, containers that restart
/// are followed into their new run. Movable.
///
/// Every container takes a connection as long as it is followed: `client_options::max_connections` has to be larger than
/// their number by three at least. A file is followed by `tail -F` in the pod; after a broken connection it goes on where
/// it stopped when it was read from its start and was not replaced meanwhile, else with what comes (`on_trouble` says so).
/// Lifetime: to be destroyed on the client's executor.
class cluster_log_follower {
public:
    class implementation;
    cluster_log_follower(kube::client on, std::string ns, std::string cluster, follow_logs_options options);
    explicit cluster_log_follower(std::shared_ptr<implementation> implementation);
    cluster_log_follower(cluster_log_follower&&) noexcept;
    cluster_log_follower& operator=(cluster_log_follower&&) noexcept;
    ~cluster_log_follower();

    /// The next line of any node, in order of arrival; lines of one container stay in order. nullopt when the cluster
    /// (or the one `node`) is gone and its last lines were returned. Back-pressure: at most a bounded number of lines is
    /// held. A pod that cannot be followed is told to `on_trouble`, the others go on.
    /// Errors: `reason::not_found` when there is no such cluster (or node); `reason::forbidden`, `unauthorized`; those of
    /// a watch; `errc::bad_input` for a `file` that is no relative path without "..", or with `since`.
    /// Cancellation: terminal; it can be called again.
    task<std::optional<node_log_line>> next();

private:
    std::shared_ptr<implementation> implementation_;
};

}  // namespace kuberay::ray
