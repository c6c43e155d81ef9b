#pragma once

#include <chrono>
#include <optional>

namespace kuberay::net {

/// What the kernel knows of the acknowledgements of a TCP connection.
struct tcp_signs {
    tcp_signs() = default;
    unsigned queued = 0;          ///< bytes that were written and not acknowledged
    unsigned unacknowledged = 0;  ///< segments of them that were sent
    unsigned probes = 0;          ///< sent to a full peer and not answered
    std::chrono::milliseconds since_acknowledgement{0};
};

/// The signs of a socket; nullopt where the system does not tell.
std::optional<tcp_signs> read_tcp_signs(int socket) noexcept;

/// Judges from acknowledgements whether the peer of a TCP connection has vanished. Does no input or output.
///
/// A peer whose program does not read is healthy: its kernel acknowledges what it takes, and answers the probes when it
/// takes no more. A peer that has vanished does neither. TCP_USER_TIMEOUT does not tell the two apart.
/// Time is counted in beats, so that a machine that slept and a process that was stopped lose nobody.
class tcp_silence {
public:
    static constexpr unsigned patience = 4;  ///< beats

    /// Something is still to be acknowledged: further beats are needed.
    bool is_waiting() const noexcept { return waiting_; }

    /// Ends a beat of this length. True when the peer has vanished.
    bool beat(tcp_signs const& seen, std::chrono::milliseconds length) noexcept;

private:
    bool waiting_ = false;
    bool asking_ = false;  // something was sent, or tried
    unsigned silent_beats_ = 0;
};

}  // namespace kuberay::net
