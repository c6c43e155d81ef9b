#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/liveness.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::kube {

/// A port of a pod, found for somebody who named a service or a pod.
struct pod_port {
    pod_port() = default;
    std::string ns, pod;
    std::uint16_t port = 0;
};

/// The pod and port behind a port of a service: a ready pod of its selector first, else a running one; the target port
/// by number or by the name of a container port.
///
/// Errors: `reason::not_found` for the service; `errc::bad_input` for a port that the service does not have (naming
/// those it has) or a UDP port; `errc::unsatisfiable` for a service without selector; `reason::unavailable` when no pod
/// runs (yet).
task<pod_port> resolve_service_port(client on, std::string ns, std::string service, std::uint16_t port);

enum class tunnel_protocol { websocket_spdy, websocket_v4, spdy };

/// A connection that is being opened. What is written to it follows at once, which saves a round trip.
struct opening_stream {
    opening_stream() = default;
    net::byte_stream stream;
    task<void> answered;  ///< ends when the other side has taken the connection; its errors: as `pod_tunnel::connect`
};

/// A way into one pod, for any number of connections at the same time. A handle: copies are the same tunnel; it ends
/// with the last copy or with `close`. Connections hold it open.
///
/// Tries a SPDY/3.1 tunnel in a WebSocket, then v4 channels (one WebSocket for each connection), then SPDY by POST.
/// Thread safety: on the client's executor.
class pod_tunnel {
public:
    /// Errors: `reason::not_found` for the pod; `reason::forbidden` with a hint about `pods/portforward`; what the
    /// kubelet says; those of `client::open_websocket`. Cancellation: terminal.
    static task<pod_tunnel> open(client on, std::string ns, std::string pod, liveness alive = liveness());

    using error_sink = std::function<void(error const& cause)>;

    /// Opens one connection to a port of the pod. It half-closes in both directions, except over `websocket_v4`.
    ///
    /// A port that refuses is found out later: the first read then fails with `connection_refused` (`connection_reset`
    /// in the middle of the bytes), after `on_error` was called with the kubelet's words. The tunnel goes on.
    /// Errors: `errc::connection_lost` when the tunnel has ended. Cancellation: terminal.
    task<net::byte_stream> connect(std::uint16_t port, error_sink on_error = error_sink()) const;

    /// `connect` that does not wait for the other side. Absent over `websocket_v4`, where only `connect` works. Throws
    /// `errc::connection_lost` when the tunnel has ended.
    std::optional<opening_stream> begin(std::uint16_t port, error_sink on_error = error_sink()) const;

    /// Suspends until the tunnel has ended, and says why. A `websocket_v4` tunnel ends by `close` only.
    task<error> ended() const;

    bool is_open() const noexcept;
    /// `websocket_v4` may become `spdy` with the first connection, when the server refuses it.
    tunnel_protocol protocol() const noexcept;
    std::string const& pod() const noexcept;
    /// True while a connection that is not read stops all others (SPDY has no flow control): a new one does not get
    /// through before. `websocket_v4` does not know this.
    bool is_stalled() const noexcept;
    /// Connections that have not ended in both directions.
    std::size_t connections() const noexcept;
    void close() noexcept;

private:
    struct state;
    explicit pod_tunnel(std::shared_ptr<state> state);
    std::shared_ptr<state> state_;
};

/// One connection to a port of a pod, through a tunnel of its own. Errors: those of `pod_tunnel`.
task<net::byte_stream> dial_pod(client on, std::string ns, std::string pod, std::uint16_t port);

/// One connection to a port of a service: `resolve_service_port`, then `dial_pod`.
task<net::byte_stream> dial_service(client on, std::string ns, std::string service, std::uint16_t port);

}  // namespace kuberay::kube
