#pragma once

#include <kuberay/kube/exec.hpp>
#include <kuberay/net/http.hpp>

#include <string>
#include <string_view>

/// Requests for streams into a container. Pure. Source: reference kubernetes-clients 2.a, 2.b.4; client-go
/// tools/remotecommand.
namespace kuberay::kube {

enum class exec_kind { exec, attach };

/// Which container, and what is asked of it.
struct exec_place {
    exec_place() = default;
    exec_kind kind = exec_kind::exec;
    std::string ns, pod;

    /// `exec in pod "ns/name"`, for messages.
    std::string str() const;
};

inline constexpr std::string_view exec_v4 = "v4.channel.k8s.io";
inline constexpr std::string_view exec_v5 = "v5.channel.k8s.io";
inline constexpr std::string_view spdy_upgrade = "SPDY/3.1";

/// The options as they go on the wire: a terminal has no errors of its own.
/// Errors: throws `failure`, `errc::bad_input`, for options that contradict.
exec_options checked(exec_kind kind, exec_options options);

/// The path and query. `options` are `checked`. Errors: throws `errc::bad_input` for names that cannot stand in a path.
std::string exec_target(exec_place const& at, exec_options const& options);

/// The one protocol to offer: from a list the API server takes v5, which hides a lost node.
std::string_view exec_subprotocol(exec_options const& options) noexcept;

/// The GET to be made a WebSocket handshake.
net::http_request exec_websocket_request(std::string target);

/// The POST that asks for SPDY.
net::http_request exec_spdy_request(std::string target);

/// Throws `errc::protocol_violation` when a 101 to `exec_spdy_request` agreed on something else.
void check_spdy_answer(net::http_response const& answer);

}  // namespace kuberay::kube
