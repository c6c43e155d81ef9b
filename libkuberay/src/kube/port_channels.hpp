#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// A piece of one forwarded connection.
struct port_message {
    port_message() = default;
    enum class kind { data, failure };
    kind what = kind::data;  ///< failure: the kubelet's words
    std::string bytes;
};

/// Reads the messages of a port-forward WebSocket of the protocol v4.channel.k8s.io that was asked for one port: channel
/// 0 carries the bytes, channel 1 a text, and the first message on each is the number of the port. Does no input or
/// output. Source: kubelet's portforward/websocket.go (reference kubernetes-clients 2.b.1).
class port_channel_decoder {
public:
    explicit port_channel_decoder(std::uint16_t port);

    /// What a message says; nullopt for one that has nothing for the caller.
    /// Errors: `errc::protocol_violation` for an unknown channel and for another port.
    std::optional<port_message> read(std::string message);

private:
    std::uint16_t port_;
    bool begun_[2] = {false, false};
};

/// A message with bytes for the pod.
std::string port_channel_message(std::string_view bytes);

}  // namespace kuberay::kube
