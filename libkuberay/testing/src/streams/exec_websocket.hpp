#pragma once

#include "streams/exec_session.hpp"

namespace kuberay::testing {

/// Serves a session on a WebSocket whose handshake is answered already.
///
/// A message in several frames ends the connection: the API server takes every frame for a message, so its content
/// would be lost there.
task<void> serve_exec_websocket(
    std::shared_ptr<stream_host> host, exec_call call, stream_host::program program, net::byte_stream connection
);

}  // namespace kuberay::testing
