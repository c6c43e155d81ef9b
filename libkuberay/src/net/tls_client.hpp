#pragma once

#include "net/tls_context.hpp"

#include <kuberay/net/byte_stream.hpp>

namespace kuberay::net {

/// The client side of TLS: as `start_tls`, with a context at hand. `peer` ("host:port") keys the sessions to resume.
task<byte_stream> connect_tls(
    byte_stream over, std::shared_ptr<tls_context> context, tls_options options, std::string host, std::string peer
);

}  // namespace kuberay::net
