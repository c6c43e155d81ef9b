#pragma once

#include "net/websocket_codec.hpp"

#include <kuberay/net/websocket.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::net {

/// The signs of life of a WebSocket's peer, for users that watch over them. Written while the WebSocket is read.
struct websocket_pulse {
    websocket_pulse() = default;
    std::chrono::steady_clock::time_point received = std::chrono::steady_clock::now();  ///< when bytes came last
    std::uint64_t pongs = 0;
};

/// A WebSocket over a stream on which the handshake is done already, for either side.
websocket make_websocket(
    byte_stream stream, websocket_role role, std::string subprotocol, std::size_t max_message_size,
    std::shared_ptr<websocket_pulse> pulse = std::make_shared<websocket_pulse>()
);

/// `read` for callers to whom the bounds of messages mean nothing: all messages that have come. None after a close frame.
task<std::vector<websocket_event>> read_ready_messages(websocket const& from);

/// `write` without a task: `done` gets the error that the connection had, and a size of 0. It cannot be cancelled.
void write_message(websocket const& to, std::string payload, byte_stream::handler done);

/// `adopt_websocket` with a pulse to be watched.
websocket adopt_websocket(upgrade_result answer, websocket_offer const& offer, std::shared_ptr<websocket_pulse> pulse);

}  // namespace kuberay::net
