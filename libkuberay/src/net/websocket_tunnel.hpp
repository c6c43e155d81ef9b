#pragma once

#include <kuberay/net/byte_stream.hpp>
#include <kuberay/net/websocket.hpp>

namespace kuberay::net {

/// The payload of a WebSocket's binary messages as one stream of bytes (the port-forward tunnel): message boundaries
/// mean nothing. A close frame 1000 is its end (`eof`), any other end is `connection_reset`; `close` sends a close frame
/// without waiting. It has no half-close: `finish_writing` does nothing.
byte_stream make_websocket_tunnel(websocket over);

}  // namespace kuberay::net
