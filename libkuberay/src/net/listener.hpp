#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace kuberay::net {

/// A connection that came in. Movable.
struct accepted_connection {
    accepted_connection() = default;
    byte_stream stream;
    /// Ends the connection so that the peer sees a failure (RST), not an end. Only while `stream` exists.
    std::function<void()> reset;
};

/// Accepts TCP connections on one address and port. A handle: copies are the same listener, which ends with the last.
/// Thread safety: from its executor only.
class tcp_listener {
public:
    /// Binds and listens; port 0 is any free one. `address` is an IP literal; "::" does not include IPv4.
    /// Errors: the socket's code (`address_in_use`, `access_denied`, ...) naming address and port; `errc::bad_input`.
    tcp_listener(asio::any_io_executor executor, std::string const& address, std::uint16_t port);

    std::uint16_t port() const noexcept;
    /// The next connection. Errors: the socket's code (`no_descriptors`); `operation_aborted` after `close`.
    task<accepted_connection> accept();
    void close() noexcept;

private:
    struct state;
    static task<accepted_connection> accept_one(std::shared_ptr<state> on);
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::net
