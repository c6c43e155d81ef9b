#pragma once

#include <kuberay/net/byte_stream.hpp>
#include <kuberay/net/endpoint.hpp>

namespace kuberay::net {

/// Connects to `options.server`: resolves, races addresses (RFC 8305), goes through a proxy where one is set, and does
/// TLS 1.2 or later for https (ALPN http/1.1).
///
/// Errors: the socket's code for refused, unreachable and unresolvable hosts; `errc::timed_out`;
/// `errc::tls_rejected` with the reason and what was trusted; `errc::proxy_refused`; `errc::bad_config` for TLS
/// material that does not parse. The message names host, port and proxy.
/// Cancellation: terminal.
task<byte_stream> dial(asio::any_io_executor executor, connect_options options);

/// Does the client side of TLS over an existing stream (a tunnel, a port-forward).
task<byte_stream> start_tls(byte_stream over, tls_options options, std::string host);

}  // namespace kuberay::net
