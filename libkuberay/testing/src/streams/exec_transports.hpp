#pragma once

#include "streams/exec_session.hpp"

namespace kuberay::testing {

/// Serves a session on a WebSocket whose handshake is answered already.
task<void> serve_exec_websocket(
    std::shared_ptr<stream_host> host, exec_call call, stream_host::program program, net::byte_stream connection
);

/// The same on a connection that was upgraded to SPDY.
task<void> serve_exec_spdy(
    std::shared_ptr<stream_host> host, exec_call call, stream_host::program program, net::byte_stream connection
);

}  // namespace kuberay::testing
