#include <kuberay/base/text.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/port_forward.hpp>

#include <algorithm>

namespace kuberay::kube {
namespace {

bool runs(pod const& one) { return one.phase == "Running" && !one.metadata.deletion_timestamp; }

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

std::optional<std::uint16_t> named_port(pod const& in, std::string const& name)
{
    auto const search = [&](container const& one) -> std::optional<std::uint16_t> {
        for (auto const& port : one.ports)
            if (port.name == name && is_tcp(port.protocol) && port.number > 0 && port.number <= 65535)
                return static_cast<std::uint16_t>(port.number);
        return std::nullopt;
    };
    for (auto const& one : in.containers)
        if (auto const found = search(one)) return found;
    for (auto const& one : in.init_containers) {
        if (one.restart_policy != "Always") continue;  // one that ends before the pod serves
        if (auto const found = search(one)) return found;
    }
    return std::nullopt;
}

/// The port in a pod; nullopt when the pod has none of that name. Source: kubectl's util.LookupContainerPortNumber...
std::optional<std::uint16_t> port_in(pod const& in, service const& of, service_port const& port)
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

pod_port choose(service const& of, service_port const& port, std::vector<pod> pods, std::string const& what)
{
    std::size_t const known = pods.size();
    std::erase_if(pods, [](pod const& one) { return !runs(one); });
    if (pods.empty())
        throw failure(
            reason::unavailable, "no pod of the " + what
                                     + (known == 0 ? std::string(" exists (yet)")
                                                   : " runs (yet), of " + std::to_string(known) + " that exist")
        );
    for (bool const wants_ready : {true, false}) {
        for (auto const& one : pods) {
            auto const number = port_in(one, of, port);
            if (one.is_ready() != wants_ready || !number) continue;
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
    api<pod> const pods = api<pod>::in_ns(on, ns);
    object_list<pod> selected = co_await pods.list(params);
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
