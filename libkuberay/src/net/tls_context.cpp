#include "net/tls_context.hpp"

#include "net/tls_engine.hpp"
#include "net/tls_roots.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <deque>

namespace kuberay::net {
namespace {

std::string join(std::vector<std::string> const& texts)
{
    constexpr std::size_t shown = 3;
    std::string joined;
    for (std::size_t i = 0; i < texts.size() && i < shown; ++i)
        joined += (i == 0 ? "" : "; ") + texts[i];
    if (texts.size() > shown) joined += " and " + std::to_string(texts.size() - shown) + " more";
    return joined;
}

/// What `SSL_CTX` hands to `keep_session`.
int context_index()
{
    static int const index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int peer_index()
{
    static int const index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, [](void*, void* peer, auto...) {
        delete static_cast<std::string*>(peer);
    });
    return index;
}

}  // namespace

std::vector<std::string> use_authority(SSL_CTX* context, std::string const& pem, std::string_view what)
{
    std::vector<std::string> subjects;
    for (auto const& certificate : parse_certificates(pem, what)) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
        subjects.push_back(name_text(X509_get_subject_name(certificate.get())));
    }
    return subjects;
}

void use_certificate(
    SSL_CTX* context, std::string const& certificate_pem, std::string const& key_pem, std::string whose
)
{
    auto const certificates = parse_certificates(certificate_pem, "the " + whose + " certificate");
    key_ptr const key = parse_private_key(key_pem, "the " + whose + " key");
    ERR_clear_error();
    X509* const leaf = certificates.front().get();
    if (X509_check_private_key(leaf, key.get()) != 1) {
        ERR_clear_error();
        throw failure(
            errc::bad_config, "the " + whose + " key does not belong to the " + whose + " certificate ("
                                  + name_text(X509_get_subject_name(leaf)) + ")"
        );
    }
    bool used = SSL_CTX_use_certificate(context, leaf) == 1 && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
    for (std::size_t i = 1; used && i < certificates.size(); ++i)
        used = SSL_CTX_add1_chain_cert(context, certificates[i].get()) == 1;
    if (!used)
        throw failure(errc::bad_config, "the " + whose + " certificate cannot be used: " + take_openssl_reason());
}

tls_context::tls_context(tls_options const& options, system_roots roots)
{
    prepare_openssl();
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_ex_data(handle(), context_index(), this);
    SSL_CTX_set_min_proto_version(handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(handle(), SSL_MODE_RELEASE_BUFFERS);
    constexpr std::string_view alpn("\x08http/1.1");
    SSL_CTX_set_alpn_protos(
        handle(), reinterpret_cast<unsigned char const*>(alpn.data()), static_cast<unsigned>(alpn.size())
    );
    SSL_CTX_set_session_cache_mode(handle(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(handle(), keep_session);
    trust(options, roots);
    identify(options);
}

void tls_context::trust(tls_options const& options, system_roots roots)
{
    if (!options.ca_pem.empty())
        trusts_ = "the authority " + join(use_authority(handle(), options.ca_pem, "the certificate authority"));
    if (!options.verify) return;
    if (options.ca_pem.empty() || roots == system_roots::always) {
        std::string const from = load_system_roots(SSL_CTX_get_cert_store(handle()));
        trusts_ += trusts_.empty() ? from : " and " + from;
    }
    SSL_CTX_set_verify(handle(), SSL_VERIFY_PEER, nullptr);
    // As Go does: a certificate in the bundle is trusted even when it is no root, and names stand in the SAN only.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(handle()), X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_hostflags(
        SSL_CTX_get0_param(handle()), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
    );
}

void tls_context::identify(tls_options const& options)
{
    if (options.client_certificate_pem.empty() && options.client_key_pem.empty()) return;
    if (options.client_key_pem.empty())
        throw failure(errc::bad_config, "a client certificate is given without its key");
    if (options.client_certificate_pem.empty())
        throw failure(errc::bad_config, "a client key is given without its certificate");
    use_certificate(handle(), options.client_certificate_pem, options.client_key_pem, "client");
}

void tls_context::resume(SSL* ssl, std::string const& peer)
{
    SSL_set_ex_data(ssl, peer_index(), std::make_unique<std::string>(peer).release());
    std::scoped_lock const lock(mutex_);
    auto const known = sessions_.find(peer);
    if (known != sessions_.end() && SSL_SESSION_is_resumable(known->second.get()) == 1)
        SSL_set_session(ssl, known->second.get());
}

int tls_context::keep_session(SSL* ssl, SSL_SESSION* session)
{
    auto* const self = static_cast<tls_context*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
    auto const* const peer = static_cast<std::string const*>(SSL_get_ex_data(ssl, peer_index()));
    if (self == nullptr || peer == nullptr) return 0;
    std::scoped_lock const lock(self->mutex_);
    self->sessions_.insert_or_assign(*peer, ssl_session_ptr(session));
    return 1;  // ours now
}

std::shared_ptr<tls_context> tls_context_for(tls_options const& options, system_roots roots)
{
    struct entry {
        tls_options options;
        system_roots roots;
        std::shared_ptr<tls_context> context;
    };
    constexpr std::size_t capacity = 8;
    static std::mutex mutex;
    static std::deque<entry> cache;
    std::scoped_lock const lock(mutex);
    for (auto const& known : cache)
        if (known.roots == roots && known.options == options) return known.context;
    auto context = std::make_shared<tls_context>(options, roots);
    if (cache.size() == capacity) cache.pop_front();
    cache.push_back(entry{options, roots, context});
    return context;
}

}  // namespace kuberay::net
