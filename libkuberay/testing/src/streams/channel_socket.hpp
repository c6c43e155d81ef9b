#pragma once

#include "net/websocket_codec.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace kuberay::testing {

/// The server's side of a WebSocket whose messages begin with the number of a channel. Shared by those that use it.
struct channel_socket {
    explicit channel_socket(net::byte_stream connection)
        : stream(std::move(connection))
        , turned(stream.get_executor())
    {
    }

    net::byte_stream stream;
    net::websocket_decoder decoder{net::websocket_role::server, std::size_t(32) << 20};
    condition turned;
    bool writing = false;
};

/// Sends `bytes` on a channel in messages of at most 32 KiB and the channel's number; one message when empty.
task<void> send_message(std::shared_ptr<channel_socket> on, int channel, std::string bytes);

/// Sends the close frame 1000 and ends the connection.
task<void> end_properly(std::shared_ptr<channel_socket> on);

/// The next message. nullopt: the client is leaving, or it sent one message in several frames. The API server takes
/// every frame for a message, so its content would be lost there.
task<std::optional<std::string>> next_message(std::shared_ptr<channel_socket> on);

/// Takes the number of the channel off a message that is not empty.
int take_channel(std::string& message);

}  // namespace kuberay::testing
