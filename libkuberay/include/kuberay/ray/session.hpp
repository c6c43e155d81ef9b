#pragma once

#include <kuberay/kube/port_forwarder.hpp>
#include <kuberay/ray/target.hpp>

#include <string>
#include <vector>

namespace kuberay::ray {

/// What a forwarded port serves.
struct session_port {
    session_port() = default;
    std::string label;   ///< "Ray Dashboard", "Ray Interactive Client", "Ray Serve"; empty for other ports
    std::string scheme;  ///< "http", "ray"; empty for other ports
    kube::port_mapping mapping;
};

/// The ports of a kind: dashboard 8265 for all, client 10001 for clusters, Serve 8000 for services. Pure.
std::vector<session_port> session_ports(target_kind kind);

/// The head service (and cluster) that a cluster, job or service has now.
struct head_service {
    head_service() = default;
    std::string cluster, service;
};

/// Reads it from the object's status. Errors: `reason::not_found`; `errc::unsatisfiable` when the job or service is
/// over and has no cluster; `reason::unavailable` while there is none yet; `errc::bad_input` for a cron job.
task<head_service> find_head_service(kube::client on, std::string ns, target what);

/// The name of the RayCluster that a cluster, job or service has now; whether that is up does not matter. Errors: as
/// `find_head_service`.
task<std::string> find_cluster_name(kube::client on, std::string ns, target what);

/// Forwards ports of whatever head the target has at the time: asks anew before every tunnel, so that a new head pod,
/// a restarted job or an upgraded service is followed. For a cluster (of a job or service) that is not up yet it waits.
/// A port that the head service does not have is taken for one of the head pod.
kube::forward_resolver session_resolver(kube::client on, std::string ns, target what, std::vector<session_port> ports);

/// Suspends until an HTTP server answers on `address`:`port` at all (any status), asking again after `pause`.
/// Cancellation: terminal.
task<void> wait_answering(
    asio::any_io_executor executor, std::string address, std::uint16_t port,
    std::chrono::milliseconds pause = std::chrono::milliseconds(250)
);

}  // namespace kuberay::ray
