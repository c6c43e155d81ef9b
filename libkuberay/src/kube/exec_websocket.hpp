#pragma once

#include "kube/exec_implementation.hpp"
#include "net/websocket_stream.hpp"

#include <memory>

namespace kuberay::kube {

/// A session over a WebSocket with `exec_subprotocol` agreed.
std::unique_ptr<exec_session::implementation> make_websocket_exec(
    asio::any_io_executor executor, net::websocket over, std::shared_ptr<net::websocket_pulse const> pulse,
    exec_terms terms
);

}  // namespace kuberay::kube
