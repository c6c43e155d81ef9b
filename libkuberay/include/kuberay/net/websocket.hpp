#pragma once

#include <kuberay/net/http.hpp>

#include <cstddef>
#include <memory>
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

    asio::any_io_executor get_executor() const noexcept;

    /// The chosen sub-protocol.
    std::string const& subprotocol() const noexcept;

    /// The next message; nullopt after a close frame (`close_code` tells which). Pings are answered meanwhile.
    /// Errors: `errc::connection_lost` when the connection ended without a close frame; `errc::protocol_violation`;
    /// `errc::too_large`. Cancellation: terminal; the WebSocket is then good for `abort` only.
    task<std::optional<websocket_message>> read();
    /// Sends one binary message. Errors: `errc::connection_lost`, also after a close frame of either side.
    /// Cancellation: terminal; in the middle of a message it ends the connection.
    task<void> write(std::string payload);
    /// Sends a ping; its answer is not waited for.
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

/// What asks for a WebSocket, and what is needed to judge the answer. For callers that send it themselves, e.g. with
/// credentials and a retry; all others use `connect_websocket`.
struct websocket_offer {
    websocket_offer() = default;
    http_request request;  ///< to be given to `transport::upgrade`
    std::vector<std::string> subprotocols;
    std::string key;
    std::size_t max_message_size = std::size_t(32) << 20;  ///< bytes of one incoming message
};

/// Adds the fields of the handshake to `request`, with `subprotocols` in one header line.
websocket_offer offer_websocket(http_request request, std::vector<std::string> subprotocols);

/// The WebSocket over a connection that was upgraded for `offer` (`answer.stream` is there).
/// Errors: `errc::protocol_violation` for a wrong accept key, a sub-protocol or an extension that was not offered.
websocket adopt_websocket(upgrade_result answer, websocket_offer const& offer);

/// Upgrades `request` (a GET whose other fields are kept) to a WebSocket, offering `subprotocols` in one header line.
/// A server may leave the choice out: `subprotocol()` is empty then.
///
/// Errors: those of `transport::upgrade`; a refusal by the server is `errc::upgrade_refused` with its status;
/// `errc::protocol_violation` for a sub-protocol that was not offered or a wrong accept key.
task<websocket>
connect_websocket(std::shared_ptr<transport> over, http_request request, std::vector<std::string> subprotocols);

}  // namespace kuberay::net
