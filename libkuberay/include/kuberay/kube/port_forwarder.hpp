#pragma once

#include <kuberay/kube/port_forward.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::kube {

/// A local port, and the port it stands for.
struct port_mapping {
    port_mapping() = default;
    port_mapping(std::uint16_t local, std::uint16_t remote);
    std::uint16_t local = 0;  ///< 0: any free one
    std::uint16_t remote = 0;
    bool any_if_taken = false;  ///< a free port is taken instead of one in use; `local_port::wanted` tells
    bool operator==(port_mapping const&) const = default;
};

/// Reads `8265`, `9000:8265`, `:8265` and `0:8265`. Errors: `errc::bad_input` naming the text. Pure.
result<port_mapping> parse_port_mapping(std::string_view text);

/// A port that is listened on.
struct local_port {
    local_port() = default;
    std::string address;  ///< "127.0.0.1", "::1"
    std::uint16_t port = 0, wanted = 0, remote = 0;
};

/// What a person sees of a forwarder.
struct forward_event {
    enum class kind {
        connected,          ///< a tunnel is open; `pod` names it
        lost,               ///< the tunnel or the pod went; `cause`. Listening goes on
        retrying,           ///< another try failed; `cause`, the next one after `wait`
        connection_failed,  ///< one connection could not be made; `cause`. All else goes on
    };
    forward_event() = default;
    kind what{};
    std::string pod;
    std::uint16_t remote = 0;
    error cause;
    std::chrono::milliseconds wait{0};
};

/// `liveness` is that of its tunnels.
struct forward_options : liveness {
    forward_options() = default;
    std::vector<std::string> addresses{"localhost"};  ///< "localhost" is 127.0.0.1 and ::1, one of them suffices
    std::vector<port_mapping> ports;
    std::function<void(forward_event const& event)> on_event;
    std::chrono::milliseconds first_wait{250}, longest_wait{5000};  ///< between tries to connect, doubled, with jitter
    std::chrono::steady_clock::duration connect_limit = std::chrono::seconds(20);  ///< of one try; zero: none
    std::size_t max_connections = 512;  ///< at the same time, over all ports; further ones wait
    /// Over `tunnel_protocol::websocket_v4`, which cannot tell the pod that the local program has sent all: such a
    /// connection ends when the pod has been silent for so long.
    std::chrono::milliseconds longest_silence{30000};
};

/// Where the ports are now: called before every tunnel, so a new head pod or an upgraded service is followed. Returns a
/// pod and, for each mapping in order, the port in it. Errors that waiting cannot heal (`reason::not_found`,
/// `forbidden`, `unauthorized`, `errc::bad_input`) end the forwarder; others are tried again.
struct forward_place {
    forward_place() = default;
    std::string ns, pod;
    std::vector<std::uint16_t> ports;
};
using forward_resolver = std::function<task<forward_place>()>;

/// Listens on local ports and carries every connection into a pod, over one tunnel that is opened anew when it or the
/// pod goes. Connections that come while there is no tunnel wait for it, up to `connect_limit`.
///
/// A refused or broken connection ends that connection only; both directions half-close where the tunnel can.
/// A handle: copies are the same forwarder. Thread safety: on the client's executor.
class port_forwarder {
public:
    port_forwarder(client on, forward_resolver where, forward_options options);

    /// Binds the ports. Errors: the socket's code, naming address and port (`address_in_use`, `permission_denied`);
    /// `errc::bad_input` for an address that cannot be listened on.
    std::vector<local_port> listen();

    /// Opens the first tunnel, then serves until cancelled, stopped, or a permanent error, which is thrown. Only once.
    /// Cancellation: terminal; closes the ports, the connections and the tunnel before it returns.
    task<void> run();

    /// Ends `run`.
    void stop();
    /// Connections carried now.
    std::size_t connections() const noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::kube
