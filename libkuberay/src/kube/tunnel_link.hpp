#pragma once

#include <kuberay/kube/port_forward.hpp>

#include <memory>
#include <optional>
#include <string>

namespace kuberay::net {
class spdy_connection;
}

namespace kuberay::kube {

/// How a `pod_tunnel` gets into its pod, by one protocol. Everything it gives away keeps it.
class tunnel_link {
public:
    tunnel_link() = default;
    tunnel_link(tunnel_link const&) = delete;
    tunnel_link& operator=(tunnel_link const&) = delete;
    virtual ~tunnel_link() = default;

    virtual task<net::byte_stream> connect(std::uint16_t port, pod_tunnel::error_sink on_error) = 0;
    /// `connect` that does not wait for the other side; absent where it cannot be done.
    virtual std::optional<opening_stream> begin(std::uint16_t port, pod_tunnel::error_sink on_error) = 0;
    virtual task<error> ended() = 0;
    virtual bool is_open() const noexcept = 0;
    virtual bool is_stalled() const noexcept = 0;
    virtual tunnel_protocol protocol() const noexcept = 0;
    virtual std::size_t connections() const noexcept = 0;
    virtual void close() noexcept = 0;
};

/// Streams of a SPDY connection, two for each connection to the pod.
std::shared_ptr<tunnel_link> make_spdy_link(net::spdy_connection over, std::string pod, tunnel_protocol protocol);

/// A WebSocket of v4 channels for each connection to the pod. `path` is the pod's port-forward.
std::shared_ptr<tunnel_link> make_channel_link(client on, std::string path, std::string pod);

/// Finds the protocol that the server and all between know. Errors: those of `pod_tunnel::open`.
task<std::shared_ptr<tunnel_link>> open_link(client on, std::string ns, std::string pod, liveness alive = liveness());

/// A SPDY connection by POST.
task<std::shared_ptr<tunnel_link>>
open_spdy_link(client on, std::string path, std::string pod, liveness alive = liveness());

/// What to try after `refusal`.
enum class next_protocol { none, channels, spdy };
next_protocol protocol_after(error const& refusal, std::string const& pod);

/// The path of a pod's port-forward. Errors: `errc::bad_input`.
std::string port_forward_path(std::string const& ns, std::string const& pod);

}  // namespace kuberay::kube
