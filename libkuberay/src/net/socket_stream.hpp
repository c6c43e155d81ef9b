#pragma once

#include "net/listener.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace kuberay::net {

/// A connected socket of any stream protocol (unix sockets) as a byte stream; it is half-closed by `shutdown`.
byte_stream make_socket_stream(asio::generic::stream_protocol::socket socket);

/// What it means when sent bytes stay where they are for a minute: the peer has vanished, or it lives and does not read.
enum class stalled_peer { is_lost, is_patient };

/// The same for TCP, with the options for interactive and long-lived streams: no delay, keep-alive. A peer that has
/// vanished is noticed within about a minute: with `is_lost` by the kernel's limit on unacknowledged bytes, with
/// `is_patient` as `make_watched_stream` does.
byte_stream make_tcp_stream(asio::ip::tcp::socket socket, stalled_peer when_stalled = stalled_peer::is_lost);

/// For a socket that was accepted: no delay, keep-alive, and no limit on how long a peer that lives may not read.
accepted_connection make_accepted_stream(asio::ip::tcp::socket socket);

}  // namespace kuberay::net
