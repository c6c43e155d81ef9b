#pragma once

#include "net/listener.hpp"

#include <kuberay/kube/port_forwarder.hpp>

#include <string>
#include <vector>

namespace kuberay::kube {

/// A local port that is listened on, for one of the mappings.
struct bound_port {
    bound_port(net::tcp_listener listener, local_port where, std::size_t mapping);
    net::tcp_listener listener;
    local_port where;
    std::size_t mapping = 0;  ///< its place in the list of mappings
};

/// Binds every mapping at every address; "localhost" is both loopback addresses with the same port, or the one that this
/// machine has. All or nothing. Errors: those of `port_forwarder::listen`.
std::vector<bound_port> bind_ports(
    asio::any_io_executor executor, std::vector<std::string> const& addresses, std::vector<port_mapping> const& ports
);

}  // namespace kuberay::kube
