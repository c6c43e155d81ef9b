#include "kube/port_binding.hpp"

#include <kuberay/base/text.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr int tries_for_a_common_port = 20;

/// Where to listen; one that is not required may be an address that this machine does not have.
struct wanted_address {
    wanted_address() = default;
    std::string address;
    bool is_required = true;
};

void add(std::vector<wanted_address>& to, std::string const& address, bool is_required)
{
    auto const known = std::find_if(to.begin(), to.end(), [&](auto const& one) { return one.address == address; });
    if (known != to.end()) return;
    wanted_address one;
    one.address = address;
    one.is_required = is_required;
    to.push_back(std::move(one));
}

std::vector<wanted_address> expanded(std::vector<std::string> const& addresses)
{
    std::vector<wanted_address> all;
    for (auto const& address : addresses) {
        if (address == "localhost") {
            add(all, "127.0.0.1", false);
            add(all, "::1", false);
        } else {
            add(all, address, true);
        }
    }
    if (all.empty()) throw failure(errc::bad_input, "there is no address to listen on");
    return all;
}

bool is_missing_address(error const& why)
{
    return why.code() == asio::error::address_family_not_supported
           || why.code() == boost::system::errc::address_not_available
           || why.code() == boost::system::errc::protocol_not_supported;
}

error with_advice(error const& why)
{
    if (why.code() == asio::error::address_in_use)
        return why.with_hint(
            "Another program listens there: choose another local port, or none (:REMOTE) for a free one."
        );
    if (why.code() == asio::error::access_denied)
        return why.with_hint("Ports below 1024 need a privilege: choose a higher local port.");
    return why;
}

result<net::tcp_listener>
listener_at(asio::any_io_executor const& executor, std::string const& address, std::uint16_t port)
{
    try {
        return net::tcp_listener(executor, address, port);
    } catch (failure const& failed) {
        return failed.error();
    }
}

/// One mapping at every address, all with the port that the first got.
result<std::vector<bound_port>> bind_once(
    asio::any_io_executor const& executor, std::vector<wanted_address> const& addresses, std::uint16_t local,
    port_mapping const& mapping, std::size_t place
)
{
    std::vector<bound_port> bound;
    error missing;
    for (auto const& at : addresses) {
        auto listener = listener_at(executor, at.address, local);
        if (listener.has_error() && !at.is_required && is_missing_address(listener.error())) {
            missing = listener.error();
            continue;
        }
        if (listener.has_error()) return listener.error();
        local = listener->port();
        local_port where;
        where.address = at.address;
        where.port = local;
        where.wanted = mapping.local;
        where.remote = mapping.remote;
        bound.emplace_back(std::move(*listener), std::move(where), place);
    }
    if (bound.empty()) return missing;
    return bound;
}

std::vector<bound_port> bind_mapping(
    asio::any_io_executor const& executor, std::vector<wanted_address> const& addresses, port_mapping const& mapping,
    std::size_t place
)
{
    auto bound = bind_once(executor, addresses, mapping.local, mapping, place);
    bool const may_move = mapping.local == 0 || mapping.any_if_taken;
    // A port that is free at one address may be taken at the next.
    for (int i = 0; i < tries_for_a_common_port && may_move; ++i) {
        if (bound.has_value() || bound.error().code() != asio::error::address_in_use) break;
        bound = bind_once(executor, addresses, 0, mapping, place);
    }
    if (bound.has_error()) throw failure(with_advice(bound.error()));
    return std::move(*bound);
}

}  // namespace

bound_port::bound_port(net::tcp_listener listener, local_port where, std::size_t mapping)
    : listener(std::move(listener))
    , where(std::move(where))
    , mapping(mapping)
{
}

std::vector<bound_port> bind_ports(
    asio::any_io_executor executor, std::vector<std::string> const& addresses, std::vector<port_mapping> const& ports
)
{
    std::vector<wanted_address> const where = expanded(addresses);
    std::vector<bound_port> all;
    for (std::size_t i = 0; i < ports.size(); ++i)
        for (auto& one : bind_mapping(executor, where, ports[i], i))
            all.push_back(std::move(one));
    return all;
}

}  // namespace kuberay::kube
