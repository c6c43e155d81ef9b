#pragma once

#include "net/openssl.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <string>
#include <vector>

namespace kuberay::net {

/// How a server of this library (the simulator, tests) does TLS. PEM texts.
struct tls_server_options {
    tls_server_options() = default;
    std::string certificate_pem;  ///< leaf first, then its chain
    std::string key_pem;
    std::string client_ca_pem;                ///< empty: client certificates are not asked for
    bool require_client_certificate = false;  ///< refuse clients without one
};

/// Parsed material of a server; share it between connections.
class tls_server {
public:
    /// Errors: `errc::bad_config`.
    explicit tls_server(tls_server_options const& options);

    SSL_CTX* handle() const noexcept { return context_.get(); }

private:
    ssl_ctx_ptr context_;
};

/// A finished handshake, seen from the server.
struct accepted_tls {
    accepted_tls() = default;
    byte_stream stream;
    std::string server_name;                 ///< SNI; empty when the client sent none
    std::string client_name;                 ///< CN of the verified client certificate; empty without one
    std::vector<std::string> client_groups;  ///< its O entries
    bool resumed = false;
};

/// The server side of TLS. Errors: `errc::tls_rejected` when the client ends the handshake or its certificate is not
/// accepted; those of the stream below.
task<accepted_tls> accept_tls(byte_stream over, std::shared_ptr<tls_server> server);

}  // namespace kuberay::net
