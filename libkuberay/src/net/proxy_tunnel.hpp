#pragma once

#include <kuberay/net/byte_stream.hpp>
#include <kuberay/net/endpoint.hpp>

namespace kuberay::net {

/// Asks the proxy at the other end of `through` for a tunnel to `target`, in the language of `proxy.scheme`
/// (http and https: CONNECT; socks5 and socks5h: SOCKS 5), and returns the stream that is now the tunnel.
/// Errors: `errc::proxy_refused` with what the proxy said; those of the stream.
task<byte_stream> open_tunnel(byte_stream through, url proxy, url target);

}  // namespace kuberay::net
