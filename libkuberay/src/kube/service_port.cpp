#include "base/json_fields.hpp"
#include "kube/meta_json.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/port_forward.hpp>

#include <algorithm>
#include <tuple>

namespace kuberay::kube {
namespace {

// What this needs of a pod, which `pod` leaves out.

struct declared_port {
    std::string name, protocol;
    std::int64_t number = 0;
};

struct declaring_container {
    std::string restart_policy;
    std::vector<declared_port> ports;
};

struct declaring_spec {
    std::vector<declaring_container> containers, init_containers;
};

struct declaring_status {
    std::string phase;
    std::vector<condition> conditions;
};

struct declaring_pod {
    object_meta metadata;
    declaring_spec spec;
    declaring_status status;

    static resource_type const& type() { return pod::type(); }
    static declaring_pod from_json(json::value const& document);
    json::object to_json() const;
};

}  // namespace
}  // namespace kuberay::kube

namespace kuberay {

template <>
struct field_table<kube::declared_port> {
    using t = kube::declared_port;
    static constexpr auto fields = std::tuple{
        field{"name", &t::name},
        field{"protocol", &t::protocol},
        field{"containerPort", &t::number},
    };
};

template <>
struct field_table<kube::declaring_container> {
    using t = kube::declaring_container;
    static constexpr auto fields = std::tuple{field{"restartPolicy", &t::restart_policy}, field{"ports", &t::ports}};
};

template <>
struct field_table<kube::declaring_spec> {
    using t = kube::declaring_spec;
    static constexpr auto fields = std::tuple{
        field{"containers", &t::containers},
        field{"initContainers", &t::init_containers},
    };
};

template <>
struct field_table<kube::declaring_status> {
    using t = kube::declaring_status;
    static constexpr auto fields = std::tuple{field{"phase", &t::phase}, field{"conditions", &t::conditions}};
};

template <>
struct field_table<kube::declaring_pod> {
    using t = kube::declaring_pod;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay

namespace kuberay::kube {
namespace {

declaring_pod declaring_pod::from_json(json::value const& document) { return read_fields<declaring_pod>(document); }

json::object declaring_pod::to_json() const { return typed_document(type(), write_fields(*this)); }

bool runs(declaring_pod const& one) { return one.status.phase == "Running" && !one.metadata.deletion_timestamp; }

bool is_ready(declaring_pod const& one)
{
    for (auto const& c : one.status.conditions)
        if (c.type == "Ready") return c.is_true();
    return false;
}

std::string described(std::string const& ns, std::string const& name) { return "service \"" + ns + "/" + name + "\""; }

bool is_tcp(std::string const& protocol) { return protocol.empty() || protocol == "TCP"; }

service_port port_in(service const& of, std::string const& what, std::uint16_t wanted)
{
    std::string other_protocol;
    std::vector<std::string> known;
    for (auto const& port : of.ports) {
        // A service may have the same number for TCP and for UDP.
        if (port.port == wanted && is_tcp(port.protocol)) return port;
        if (port.port == wanted) other_protocol = port.protocol;
        if (is_tcp(port.protocol))
            known.push_back(std::to_string(port.port) + (port.name.empty() ? "" : " (" + port.name + ")"));
    }
    std::string const number = std::to_string(wanted);
    if (!other_protocol.empty())
        throw failure(
            errc::bad_input, "port " + number + " of the " + what + " is for " + printable_line(other_protocol)
                                 + "; only TCP can be forwarded"
        );
    error const unknown(
        errc::bad_input, "the " + what + " has no port " + number
                             + (known.empty() ? "" : "; it has " + printable_line(join(known, ", ")))
    );
    throw failure(unknown);
}

std::optional<std::uint16_t> named_port(declaring_pod const& in, std::string const& name)
{
    auto const search = [&](declaring_container const& one) -> std::optional<std::uint16_t> {
        for (auto const& port : one.ports)
            if (port.name == name && is_tcp(port.protocol) && port.number > 0 && port.number <= 65535)
                return static_cast<std::uint16_t>(port.number);
        return std::nullopt;
    };
    for (auto const& one : in.spec.containers)
        if (auto const found = search(one)) return found;
    for (auto const& one : in.spec.init_containers) {
        if (one.restart_policy != "Always") continue;  // one that ends before the pod serves
        if (auto const found = search(one)) return found;
    }
    return std::nullopt;
}

/// The port in a pod; nullopt when the pod has none of that name. Source: kubectl's util.LookupContainerPortNumber...
std::optional<std::uint16_t> port_in(declaring_pod const& in, service const& of, service_port const& port)
{
    auto const own = static_cast<std::uint16_t>(port.port);
    // Who asks a headless service is given the pods' addresses: there is nobody to translate the port.
    if (of.cluster_ip == "None" || port.target_port.empty() || port.target_port == "0") return own;
    bool const is_number =
        std::all_of(port.target_port.begin(), port.target_port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return named_port(in, port.target_port);
    unsigned long const number = port.target_port.size() > 5 ? 0 : std::stoul(port.target_port);
    if (number == 0 || number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(number);
}

std::string selector_of(service const& of)
{
    std::vector<std::string> terms;
    for (auto const& [key, value] : of.selector)
        terms.push_back(key + "=" + value);
    return join(terms, ",");
}

pod_port choose(service const& of, service_port const& port, std::vector<declaring_pod> pods, std::string const& what)
{
    std::size_t const known = pods.size();
    std::erase_if(pods, [](declaring_pod const& one) { return !runs(one); });
    if (pods.empty())
        throw failure(
            reason::unavailable, "no pod of the " + what
                                     + (known == 0 ? std::string(" exists (yet)")
                                                   : " runs (yet), of " + std::to_string(known) + " that exist")
        );
    for (bool const wants_ready : {true, false}) {
        for (auto const& one : pods) {
            auto const number = port_in(one, of, port);
            if (is_ready(one) != wants_ready || !number) continue;
            pod_port found;
            found.ns = one.metadata.ns;
            found.pod = one.metadata.name;
            found.port = *number;
            return found;
        }
    }
    throw failure(
        errc::bad_input, "port " + std::to_string(port.port) + " of the " + what + " leads to the port \""
                             + printable_line(port.target_port) + "\", which pod \""
                             + printable_line(pods.front().metadata.name) + "\" does not have"
    );
}

task<pod_port> resolve(client on, std::string ns, std::string name, std::uint16_t port)
{
    if (ns.empty()) ns = on.default_ns();
    std::string const what = described(ns, name);
    api<service> const services = api<service>::in_ns(on, ns);
    service const found = co_await services.get(name);
    service_port const wanted = port_in(found, what, port);
    if (found.selector.empty())
        throw failure(
            errc::unsatisfiable,
            "the " + what + " selects no pods (it has no selector), so there is nothing to forward to"
        );
    list_params params;
    params.label_selector = selector_of(found);
    api<declaring_pod> const pods = api<declaring_pod>::in_ns(on, ns);
    object_list<declaring_pod> selected = co_await pods.list(params);
    pod_port chosen = choose(found, wanted, std::move(selected.items), what);
    if (chosen.ns.empty()) chosen.ns = ns;
    co_return chosen;
}

}  // namespace

task<pod_port> resolve_service_port(client on, std::string ns, std::string service, std::uint16_t port)
{
    return resolve(std::move(on), std::move(ns), std::move(service), port);
}

}  // namespace kuberay::kube
