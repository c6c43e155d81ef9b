#include "net/tls_client.hpp"

#include "net/tls_stream.hpp"

#include <kuberay/net/dialer.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>

namespace kuberay::net {
namespace {

bool is_address(std::string const& host)
{
    error_code code;
    asio::ip::make_address(host, code);
    return !code;
}

void expect_host(SSL* ssl, std::string const& name)
{
    if (is_address(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
        return;
    }
    // SSL_set_tlsext_host_name, whose macro is an old-style cast.
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    SSL_set1_host(ssl, name.c_str());
}

std::string list_of(std::vector<std::string> const& names)
{
    constexpr std::size_t shown = 12;
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < shown; ++i)
        list += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > shown) list += " and " + std::to_string(names.size() - shown) + " more";
    return names.empty() ? "no name at all" : list;
}

error explain_rejection(tls_rejection const& rejected, std::string const& name, std::string const& trusts)
{
    std::string const subject = rejected.subject.empty() ? "(no subject)" : rejected.subject;
    switch (rejected.code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return error(
                   errc::tls_rejected,
                   "the server's certificate is not for " + name + ", it is for " + list_of(rejected.names)
        )
            .with_hint("Use one of these names as the server, or set tls-server-name to the right one");
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return error(errc::tls_rejected, "the certificate " + subject + " has expired")
            .with_hint("Renew the server's certificate; if it should still be good, check this machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return error(errc::tls_rejected, "the certificate " + subject + " is not valid yet")
            .with_hint("Check this machine's clock");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE: {
        bool const self_signed = rejected.subject == rejected.issuer;
        return error(
                   errc::tls_rejected,
                   "the certificate " + subject + (self_signed ? " is self-signed" : " signed by " + rejected.issuer)
                       + (self_signed ? " and is not trusted" : " is not trusted") + "; trusted: " + trusts
        )
            .with_hint("Give the certificate authority of this server (certificate-authority in the kubeconfig)");
    }
    default:
        return error(
            errc::tls_rejected, "the certificate " + subject + " was not accepted: "
                                    + X509_verify_cert_error_string(rejected.code) + "; trusted: " + trusts
        );
    }
}

error explain(tls_engine const& engine, tls_engine::step how, std::string const& name, std::string const& trusts)
{
    if (engine.rejection().code != 0) return explain_rejection(engine.rejection(), name, trusts);
    std::string_view const first = engine.first_input();
    // A record of TLS starts with its type (20 to 23) and the version's major number.
    bool const is_tls = first.size() < 2 || (first[0] >= 20 && first[0] <= 23 && first[1] == 3);
    if (!is_tls) {
        bool const is_http = first.starts_with("HTTP/");
        return error(
                   errc::tls_rejected, is_http ? "the server does not speak TLS here: it answered in plain HTTP"
                                               : "the server does not speak TLS here"
        )
            .with_hint(
                is_http ? "Use http:// for this server, or the port on which it speaks TLS" : "Check host and port"
            );
    }
    if (how == tls_engine::step::truncated)
        return error(errc::tls_rejected, "the server closed the connection during the TLS handshake");
    std::string const reason = engine.code().message();
    bool const is_alert = reason.find("alert") != std::string::npos;
    error const refused(
        errc::tls_rejected, (is_alert ? "the server ended the TLS handshake: " : "the TLS handshake failed: ") + reason
    );
    return reason.find("certificate") == std::string::npos
               ? refused
               : refused.with_hint("The server did not accept the client certificate, or wants one");
}

}  // namespace

task<byte_stream> connect_tls(
    byte_stream over, std::shared_ptr<tls_context> context, tls_options options, std::string host, std::string peer
)
{
    auto engine = std::make_unique<tls_engine>(context->handle(), tls_engine::role::client);
    std::string const name = options.server_name.empty() ? host : options.server_name;
    expect_host(engine->ssl(), name);
    context->resume(engine->ssl(), peer + ' ' + name);
    tls_engine::step const how = co_await tls_handshake(&over, engine.get());
    if (how != tls_engine::step::done) throw failure(explain(*engine, how, name, context->trusts()));
    co_return make_tls_stream(std::move(over), std::move(engine), std::move(context));
}

task<byte_stream> start_tls(byte_stream over, tls_options options, std::string host)
{
    std::shared_ptr<tls_context> context = tls_context_for(options);
    co_return co_await connect_tls(std::move(over), std::move(context), std::move(options), host, host);
}

}  // namespace kuberay::net
