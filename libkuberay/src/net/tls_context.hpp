#pragma once

#include "net/openssl.hpp"

#include <kuberay/net/endpoint.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace kuberay::net {

/// What is trusted in addition to the authority given in the options.
enum class system_roots { when_no_authority_is_given, always };

/// Parsed TLS material of a client with the sessions it may resume. Shared by connections; thread safe.
class tls_context {
public:
    /// Errors: `errc::bad_config` naming the material that cannot be used.
    tls_context(tls_options const& options, system_roots roots);

    SSL_CTX* handle() const noexcept { return context_.get(); }

    /// What a certificate is checked against, for messages: "the authority CN=kubernetes".
    std::string const& trusts() const noexcept { return trusts_; }

    /// Makes `ssl`, whose app data is its engine, resume the last session with `peer`, and keeps later ones.
    void resume(SSL* ssl, std::string const& peer);

private:
    void trust(tls_options const& options, system_roots roots);
    void identify(tls_options const& options);
    static int keep_session(SSL* ssl, SSL_SESSION* session);

    ssl_ctx_ptr context_;
    std::string trusts_;
    std::mutex mutex_;
    std::map<std::string, ssl_session_ptr> sessions_;
};

/// The context for `options`: parsed at the first call, then taken from a small cache of the process.
std::shared_ptr<tls_context>
tls_context_for(tls_options const& options, system_roots roots = system_roots::when_no_authority_is_given);

/// Adds the certificates of `pem` (leaf first) and its key to a context of either role; `whose` is "client" or "server".
/// Errors: `errc::bad_config`, also for a key of another certificate.
void use_certificate(
    SSL_CTX* context, std::string const& certificate_pem, std::string const& key_pem, std::string whose
);

/// Adds every certificate of `pem` to what `context` trusts; returns the subjects. Errors: `errc::bad_config`.
std::vector<std::string> use_authority(SSL_CTX* context, std::string const& pem, std::string_view what);

}  // namespace kuberay::net
