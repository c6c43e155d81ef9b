#include "base/json_fields.hpp"
#include "kube/container_json.hpp"
#include "kube/meta_json.hpp"

#include <kuberay/kube/core.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <tuple>
#include <utility>

namespace kuberay::kube {
namespace {

// The wire forms whose nesting differs from the flat structs of core.hpp.

struct running_wire {
    std::optional<timestamp> started_at;
};

struct waiting_wire {
    std::string reason, message;
};

struct terminated_wire {
    std::optional<std::int64_t> exit_code;
    std::string reason, message;
    std::optional<timestamp> started_at, finished_at;
};

struct state_wire {
    std::optional<waiting_wire> waiting;
    std::optional<running_wire> running;
    std::optional<terminated_wire> terminated;
};

container_state flat(state_wire const& wire)
{
    container_state state;
    if (wire.waiting) {
        state.state = "waiting";
        state.reason = wire.waiting->reason;
        state.message = wire.waiting->message;
    } else if (wire.running) {
        state.state = "running";
        state.started_at = wire.running->started_at;
    } else if (wire.terminated) {
        state.state = "terminated";
        state.reason = wire.terminated->reason;
        state.message = wire.terminated->message;
        state.exit_code = wire.terminated->exit_code;
        state.started_at = wire.terminated->started_at;
        state.finished_at = wire.terminated->finished_at;
    }
    return state;
}

state_wire nested(container_state const& state)
{
    state_wire wire;
    if (state.state == "waiting") {
        auto& to = wire.waiting.emplace();
        to.reason = state.reason;
        to.message = state.message;
    } else if (state.state == "running") {
        wire.running.emplace().started_at = state.started_at;
    } else if (state.state == "terminated") {
        auto& to = wire.terminated.emplace();
        to.exit_code = state.exit_code;
        to.reason = state.reason;
        to.message = state.message;
        to.started_at = state.started_at;
        to.finished_at = state.finished_at;
    }
    return wire;
}

struct pod_spec {
    std::string node_name;
    std::vector<container> containers, init_containers;
};

struct pod_status {
    std::string phase, pod_ip, host_ip, reason, message;
    std::vector<condition> conditions;
    std::vector<container_status> container_statuses, init_container_statuses;
};

struct pod_wire {
    object_meta metadata;
    pod_spec spec;
    pod_status status;
};

}  // namespace

// Found by the field tables.
void read_scalar(json::value const& from, container_state& into, detail::field_place const& at);
json::value write_scalar(container_state const& from);

}  // namespace kuberay::kube

namespace kuberay {

template <>
struct field_table<kube::running_wire> {
    using t = kube::running_wire;
    static constexpr auto fields = std::tuple{field{"startedAt", &t::started_at}};
};

template <>
struct field_table<kube::waiting_wire> {
    using t = kube::waiting_wire;
    static constexpr auto fields = std::tuple{field{"reason", &t::reason}, field{"message", &t::message}};
};

template <>
struct field_table<kube::terminated_wire> {
    using t = kube::terminated_wire;
    static constexpr auto fields = std::tuple{
        field{"exitCode", &t::exit_code},   field{"reason", &t::reason},          field{"message", &t::message},
        field{"startedAt", &t::started_at}, field{"finishedAt", &t::finished_at},
    };
};

template <>
struct field_table<kube::state_wire> {
    using t = kube::state_wire;
    static constexpr auto fields = std::tuple{
        field{"waiting", &t::waiting},
        field{"running", &t::running},
        field{"terminated", &t::terminated},
    };
};

template <>
struct field_table<kube::container_status> {
    using t = kube::container_status;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},
        field{"state", &t::now},
        field{"lastState", &t::last},
        field{"ready", &t::ready},
        field{"restartCount", &t::restart_count},
        field{"image", &t::image},
    };
};

template <>
struct field_table<kube::pod_spec> {
    using t = kube::pod_spec;
    static constexpr auto fields = std::tuple{
        field{"initContainers", &t::init_containers},
        field{"containers", &t::containers},
        field{"nodeName", &t::node_name},
    };
};

template <>
struct field_table<kube::pod_status> {
    using t = kube::pod_status;
    static constexpr auto fields = std::tuple{
        field{"phase", &t::phase},
        field{"conditions", &t::conditions},
        field{"message", &t::message},
        field{"reason", &t::reason},
        field{"hostIP", &t::host_ip},
        field{"podIP", &t::pod_ip},
        field{"initContainerStatuses", &t::init_container_statuses},
        field{"containerStatuses", &t::container_statuses},
    };
};

template <>
struct field_table<kube::pod_wire> {
    using t = kube::pod_wire;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay

namespace kuberay::kube {

void read_scalar(json::value const& from, container_state& into, detail::field_place const& at)
{
    state_wire wire;
    detail::read_value(from, wire, at);
    into = flat(wire);
}

json::value write_scalar(container_state const& from) { return detail::write_value(nested(from)); }

bool pod::is_ready() const noexcept
{
    if (phase != "Running" || metadata.deletion_timestamp) return false;
    for (auto const& c : conditions)
        if (c.type == "Ready") return c.is_true();
    return false;
}

resource_type const& pod::type()
{
    static resource_type const type("", "v1", "Pod", "pods");
    return type;
}

pod pod::from_json(json::value const& document)
{
    pod_wire wire = read_fields<pod_wire>(document);
    pod read;
    read.metadata = std::move(wire.metadata);
    read.node_name = std::move(wire.spec.node_name);
    read.containers = std::move(wire.spec.containers);
    read.init_containers = std::move(wire.spec.init_containers);
    read.phase = std::move(wire.status.phase);
    read.pod_ip = std::move(wire.status.pod_ip);
    read.host_ip = std::move(wire.status.host_ip);
    read.reason = std::move(wire.status.reason);
    read.message = std::move(wire.status.message);
    read.conditions = std::move(wire.status.conditions);
    read.container_statuses = std::move(wire.status.container_statuses);
    read.init_container_statuses = std::move(wire.status.init_container_statuses);
    return read;
}

json::object pod::to_json() const
{
    pod_wire wire;
    wire.metadata = metadata;
    wire.spec.node_name = node_name;
    wire.spec.containers = containers;
    wire.spec.init_containers = init_containers;
    wire.status.phase = phase;
    wire.status.pod_ip = pod_ip;
    wire.status.host_ip = host_ip;
    wire.status.reason = reason;
    wire.status.message = message;
    wire.status.conditions = conditions;
    wire.status.container_statuses = container_statuses;
    wire.status.init_container_statuses = init_container_statuses;
    return typed_document(type(), write_fields(wire));
}

}  // namespace kuberay::kube
