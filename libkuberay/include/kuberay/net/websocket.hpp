#pragma once

#include <kuberay/net/http.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kuberay::net {

/// One message of a WebSocket.
struct websocket_message {
    websocket_message() = default;
    bool binary = true;
    std::string payload;
};

/// A client WebSocket (RFC 6455) over a byte stream. Messages are never fragmented (the API server takes every frame
/// as a message) and never compressed. Movable; one read and one write at the same time.
class websocket {
public:
    websocket() = default;
    websocket(websocket&&) noexcept;
    websocket& operator=(websocket&&) noexcept;
    ~websocket();

    explicit operator bool() const noexcept { return implementation_ != nullptr; }

    /// The chosen sub-protocol.
    std::string const& subprotocol() const noexcept;

    /// The next message; nullopt after a close frame (`close_code` tells which).
    /// Errors: `errc::connection_lost` when the connection ended without a close frame.
    task<std::optional<websocket_message>> read();
    task<void> write(std::string payload);
    task<void> ping();
    /// Sends a close frame (1000) and waits for the peer's, at most a second.
    task<void> close();
    /// The code of the peer's close frame; 0 when there was none.
    int close_code() const noexcept;
    /// Ends the connection at once.
    void abort() noexcept;

    class implementation;
    explicit websocket(std::shared_ptr<implementation> implementation);

private:
    std::shared_ptr<implementation> implementation_;
};

/// Upgrades `request` (a GET whose other fields are kept) to a WebSocket, offering `subprotocols` in one header line.
///
/// Errors: a refusal by the server is `errc::upgrade_refused` with its Status where it sent one;
/// `errc::protocol_violation` for a sub-protocol that was not offered or a wrong accept key.
task<websocket> connect_websocket(std::shared_ptr<transport> over, http_request request, std::vector<std::string> subprotocols);

}  // namespace kuberay::net
