#pragma once

#include <kuberay/base/quantity.hpp>
#include <kuberay/kube/meta.hpp>
#include <kuberay/kube/resource.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::kube {

/// The parts of core/v1 and apps/v1 that this library reads. Writing goes through `object`, apply and patch.

struct resource_requirements {
    resource_requirements() = default;
    std::map<std::string, quantity> requests, limits;
    bool operator==(resource_requirements const&) const = default;
};

/// A port that a container declares; it may listen on others too.
struct container_port {
    container_port() = default;
    std::string name, protocol;  ///< protocol: empty means TCP
    std::int64_t number = 0;
};

struct container {
    container() = default;
    std::string name, image;
    std::string restart_policy;  ///< "Always": an init container that runs beside the others
    resource_requirements resources;
    std::vector<container_port> ports;
};

struct container_state {
    container_state() = default;
    std::string state;  ///< "waiting", "running", "terminated", or empty
    std::string reason, message;
    std::optional<std::int64_t> exit_code;
    std::optional<timestamp> started_at, finished_at;
};

struct container_status {
    container_status() = default;
    std::string name, image;
    bool ready = false;
    std::int64_t restart_count = 0;
    container_state now, last;
};

struct pod {
    pod() = default;
    object_meta metadata;
    std::string node_name;
    std::vector<container> containers, init_containers;
    std::string phase, pod_ip, host_ip, reason, message;
    std::vector<condition> conditions;
    std::vector<container_status> container_statuses, init_container_statuses;

    /// Phase Running, not being deleted, and condition Ready True.
    bool is_ready() const noexcept;

    static resource_type const& type();
    static pod from_json(json::value const& document);
    json::object to_json() const;
};

struct service_port {
    service_port() = default;
    std::string name, protocol, target_port;  ///< a number or the name of a container port
    std::int64_t port = 0;
};

struct service {
    service() = default;
    object_meta metadata;
    std::string cluster_ip, service_type;
    std::map<std::string, std::string> selector;
    std::vector<service_port> ports;

    static resource_type const& type();
    static service from_json(json::value const& document);
    json::object to_json() const;
};

/// Decoded from base64; a secret: never logged.
struct secret {
    secret() = default;
    object_meta metadata;
    std::map<std::string, std::string> data;

    static resource_type const& type();
    static secret from_json(json::value const& document);
    json::object to_json() const;
};

struct deployment {
    deployment() = default;
    object_meta metadata;
    std::vector<container> containers;
    std::int64_t replicas = 0, ready_replicas = 0;

    static resource_type const& type();
    static deployment from_json(json::value const& document);
    json::object to_json() const;
};

struct event {
    event() = default;
    object_meta metadata;
    std::string event_type, reason, message, involved_kind, involved_name, involved_uid, source;
    std::int64_t count = 0;
    std::optional<timestamp> last_seen, first_seen;

    static resource_type const& type();
    static event from_json(json::value const& document);
    json::object to_json() const;
};

}  // namespace kuberay::kube
