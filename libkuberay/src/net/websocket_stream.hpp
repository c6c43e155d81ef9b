#pragma once

#include "net/websocket_codec.hpp"

#include <kuberay/net/websocket.hpp>

namespace kuberay::net {

/// A WebSocket over a stream on which the handshake is done already, for either side.
websocket
make_websocket(byte_stream stream, websocket_role role, std::string subprotocol, std::size_t max_message_size);

}  // namespace kuberay::net
