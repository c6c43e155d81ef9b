#include "base/json_fields.hpp"
#include "kube/container_json.hpp"
#include "kube/meta_json.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/kube/core.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace kuberay::kube {
namespace {

// The wire forms whose nesting differs from the flat structs of core.hpp.

struct port_wire {
    std::string name, protocol;
    std::int64_t port = 0;
    std::optional<int_or_string> target_port;
};

struct service_spec {
    std::vector<port_wire> ports;
    std::map<std::string, std::string> selector;
    std::string cluster_ip, type;
};

struct service_wire {
    object_meta metadata;
    service_spec spec;
};

struct secret_wire {
    object_meta metadata;
    std::map<std::string, std::string> data;
};

struct template_spec {
    std::vector<container> containers;
};

struct pod_template {
    template_spec spec;
};

struct deployment_spec {
    // The server fills in 1; an absent count is not zero replicas.
    std::int64_t replicas = 1;
    pod_template pods;
};

struct deployment_status {
    std::optional<std::int64_t> ready_replicas;
};

struct deployment_wire {
    object_meta metadata;
    deployment_spec spec;
    deployment_status status;
};

struct involved_wire {
    std::string kind, name, uid;
};

struct source_wire {
    std::string component;
};

struct series_wire {
    std::optional<std::int64_t> count;
    std::optional<timestamp> last_observed;
};

struct event_wire {
    object_meta metadata;
    involved_wire involved;
    std::string reason, message;
    source_wire source;
    std::optional<timestamp> first_seen, last_seen, event_time;
    std::optional<std::int64_t> count;
    std::string type;
    series_wire series;
    std::string reporting_component;
};

}  // namespace
}  // namespace kuberay::kube

namespace kuberay {

template <>
struct field_table<kube::port_wire> {
    using t = kube::port_wire;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},
        field{"protocol", &t::protocol},
        field{"port", &t::port},
        field{"targetPort", &t::target_port},
    };
};

template <>
struct field_table<kube::service_spec> {
    using t = kube::service_spec;
    static constexpr auto fields = std::tuple{
        field{"ports", &t::ports},
        field{"selector", &t::selector},
        field{"clusterIP", &t::cluster_ip},
        field{"type", &t::type},
    };
};

template <>
struct field_table<kube::service_wire> {
    using t = kube::service_wire;
    static constexpr auto fields = std::tuple{field{"metadata", &t::metadata}, field{"spec", &t::spec}};
};

template <>
struct field_table<kube::secret_wire> {
    using t = kube::secret_wire;
    static constexpr auto fields = std::tuple{field{"metadata", &t::metadata}, field{"data", &t::data}};
};

template <>
struct field_table<kube::template_spec> {
    using t = kube::template_spec;
    static constexpr auto fields = std::tuple{field{"containers", &t::containers}};
};

template <>
struct field_table<kube::pod_template> {
    using t = kube::pod_template;
    static constexpr auto fields = std::tuple{field{"spec", &t::spec}};
};

template <>
struct field_table<kube::deployment_spec> {
    using t = kube::deployment_spec;
    static constexpr auto fields = std::tuple{field{"replicas", &t::replicas}, field{"template", &t::pods}};
};

template <>
struct field_table<kube::deployment_status> {
    using t = kube::deployment_status;
    static constexpr auto fields = std::tuple{field{"readyReplicas", &t::ready_replicas}};
};

template <>
struct field_table<kube::deployment_wire> {
    using t = kube::deployment_wire;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

template <>
struct field_table<kube::involved_wire> {
    using t = kube::involved_wire;
    static constexpr auto fields = std::tuple{field{"kind", &t::kind}, field{"name", &t::name}, field{"uid", &t::uid}};
};

template <>
struct field_table<kube::source_wire> {
    using t = kube::source_wire;
    static constexpr auto fields = std::tuple{field{"component", &t::component}};
};

template <>
struct field_table<kube::series_wire> {
    using t = kube::series_wire;
    static constexpr auto fields = std::tuple{
        field{"count", &t::count},
        field{"lastObservedTime", &t::last_observed},
    };
};

template <>
struct field_table<kube::event_wire> {
    using t = kube::event_wire;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"involvedObject", &t::involved},
        field{"reason", &t::reason},
        field{"message", &t::message},
        field{"source", &t::source},
        field{"firstTimestamp", &t::first_seen},
        field{"lastTimestamp", &t::last_seen},
        field{"eventTime", &t::event_time},
        field{"count", &t::count},
        field{"type", &t::type},
        field{"series", &t::series},
        field{"reportingComponent", &t::reporting_component},
    };
};

}  // namespace kuberay

namespace kuberay::kube {
namespace {

std::string text_of(std::optional<int_or_string> const& from)
{
    if (!from) return std::string();
    if (auto const* number = std::get_if<std::int64_t>(&*from)) return std::to_string(*number);
    return std::get<std::string>(*from);
}

std::optional<int_or_string> port_of(std::string const& text)
{
    if (text.empty()) return std::nullopt;
    bool const is_number =
        text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) return int_or_string(std::int64_t(std::stoi(text)));
    return int_or_string(text);
}

}  // namespace

resource_type const& service::type()
{
    static resource_type const type("", "v1", "Service", "services");
    return type;
}

service service::from_json(json::value const& document)
{
    service_wire wire = read_fields<service_wire>(document);
    service read;
    read.metadata = std::move(wire.metadata);
    read.cluster_ip = std::move(wire.spec.cluster_ip);
    read.service_type = std::move(wire.spec.type);
    read.selector = std::move(wire.spec.selector);
    for (auto& from : wire.spec.ports) {
        service_port port;
        port.name = std::move(from.name);
        port.protocol = std::move(from.protocol);
        port.target_port = text_of(from.target_port);
        port.port = from.port;
        read.ports.push_back(std::move(port));
    }
    return read;
}

json::object service::to_json() const
{
    service_wire wire;
    wire.metadata = metadata;
    wire.spec.cluster_ip = cluster_ip;
    wire.spec.type = service_type;
    wire.spec.selector = selector;
    for (auto const& from : ports) {
        port_wire port;
        port.name = from.name;
        port.protocol = from.protocol;
        port.target_port = port_of(from.target_port);
        port.port = from.port;
        wire.spec.ports.push_back(std::move(port));
    }
    return typed_document(type(), write_fields(wire));
}

resource_type const& secret::type()
{
    static resource_type const type("", "v1", "Secret", "secrets");
    return type;
}

secret secret::from_json(json::value const& document)
{
    secret_wire wire = read_fields<secret_wire>(document);
    secret read;
    read.metadata = std::move(wire.metadata);
    for (auto const& [key, encoded] : wire.data) {
        auto decoded = base64_decode(encoded);
        if (!decoded) throw failure(decoded.error().with_context("data." + key));
        read.data.emplace(key, std::move(*decoded));
    }
    return read;
}

json::object secret::to_json() const
{
    secret_wire wire;
    wire.metadata = metadata;
    for (auto const& [key, bytes] : data)
        wire.data.emplace(key, base64_encode(bytes));
    return typed_document(type(), write_fields(wire));
}

resource_type const& deployment::type()
{
    static resource_type const type("apps", "v1", "Deployment", "deployments");
    return type;
}

deployment deployment::from_json(json::value const& document)
{
    deployment_wire wire = read_fields<deployment_wire>(document);
    deployment read;
    read.metadata = std::move(wire.metadata);
    read.containers = std::move(wire.spec.pods.spec.containers);
    read.replicas = wire.spec.replicas;
    read.ready_replicas = wire.status.ready_replicas.value_or(0);
    return read;
}

json::object deployment::to_json() const
{
    deployment_wire wire;
    wire.metadata = metadata;
    wire.spec.replicas = replicas;
    wire.spec.pods.spec.containers = containers;
    if (ready_replicas != 0) wire.status.ready_replicas = ready_replicas;
    return typed_document(type(), write_fields(wire));
}

resource_type const& event::type()
{
    static resource_type const type("", "v1", "Event", "events");
    return type;
}

// New writers fill eventTime, series and reportingComponent instead of the older fields.
event event::from_json(json::value const& document)
{
    event_wire wire = read_fields<event_wire>(document);
    event read;
    read.metadata = std::move(wire.metadata);
    read.event_type = std::move(wire.type);
    read.reason = std::move(wire.reason);
    read.message = std::move(wire.message);
    read.involved_kind = std::move(wire.involved.kind);
    read.involved_name = std::move(wire.involved.name);
    read.involved_uid = std::move(wire.involved.uid);
    read.source =
        wire.source.component.empty() ? std::move(wire.reporting_component) : std::move(wire.source.component);
    read.count = wire.series.count ? *wire.series.count : wire.count.value_or(1);
    read.first_seen = wire.first_seen ? wire.first_seen : wire.event_time;
    read.last_seen = wire.series.last_observed ? wire.series.last_observed : wire.last_seen;
    if (!read.last_seen) read.last_seen = read.first_seen;
    return read;
}

json::object event::to_json() const
{
    event_wire wire;
    wire.metadata = metadata;
    wire.type = event_type;
    wire.reason = reason;
    wire.message = message;
    wire.involved.kind = involved_kind;
    wire.involved.name = involved_name;
    wire.involved.uid = involved_uid;
    wire.source.component = source;
    if (count != 0) wire.count = count;
    wire.first_seen = first_seen;
    wire.last_seen = last_seen;
    return typed_document(type(), write_fields(wire));
}

}  // namespace kuberay::kube
