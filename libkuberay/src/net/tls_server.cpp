#include "net/tls_server.hpp"

#include "net/tls_context.hpp"
#include "net/tls_stream.hpp"

namespace kuberay::net {
namespace {

int choose_http(SSL*, unsigned char const** chosen, unsigned char* chosen_size, unsigned char const* offered, unsigned offered_size, void*)
{
    constexpr std::string_view ours("\x08http/1.1");
    unsigned char* found = nullptr;
    int const selected = SSL_select_next_proto(
        &found, chosen_size, reinterpret_cast<unsigned char const*>(ours.data()), static_cast<unsigned>(ours.size()),
        offered, offered_size
    );
    *chosen = found;
    return selected == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

tls_server::tls_server(tls_server_options const& options)
{
    prepare_openssl();
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_min_proto_version(handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(handle(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_alpn_select_cb(handle(), choose_http, nullptr);
    constexpr std::string_view session_context("kuberay");
    SSL_CTX_set_session_id_context(
        handle(), reinterpret_cast<unsigned char const*>(session_context.data()),
        static_cast<unsigned>(session_context.size())
    );
    use_certificate(handle(), options.certificate_pem, options.key_pem, "server");
    if (options.client_ca_pem.empty()) return;
    use_authority(handle(), options.client_ca_pem, "the authority of client certificates");
    SSL_CTX_set_verify(
        handle(), SSL_VERIFY_PEER | (options.require_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr
    );
}

task<accepted_tls> accept_tls(byte_stream over, std::shared_ptr<tls_server> server)
{
    auto engine = std::make_unique<tls_engine>(server->handle(), tls_engine::role::server);
    tls_engine::step const how = co_await tls_handshake(&over, engine.get());
    if (how == tls_engine::step::truncated)
        throw failure(errc::tls_rejected, "the client closed the connection during the TLS handshake");
    if (how != tls_engine::step::done)
        throw failure(errc::tls_rejected, "the TLS handshake with a client failed: " + engine->code().message());
    accepted_tls accepted;
    if (char const* const name = SSL_get_servername(engine->ssl(), TLSEXT_NAMETYPE_host_name))
        accepted.server_name = name;
    if (X509 const* const peer = SSL_get0_peer_certificate(engine->ssl())) {
        auto const names = name_entries(X509_get_subject_name(peer), NID_commonName);
        accepted.client_name = names.empty() ? std::string() : names.front();
        accepted.client_groups = name_entries(X509_get_subject_name(peer), NID_organizationName);
    }
    accepted.resumed = SSL_session_reused(engine->ssl()) == 1;
    accepted.stream = make_tls_stream(std::move(over), std::move(engine), std::move(server));
    co_return accepted;
}

}  // namespace kuberay::net
