#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::net {

template <auto Free>
struct openssl_free {
    template <class T>
    void operator()(T* owned) const noexcept
    {
        Free(owned);
    }
};

using bio_ptr = std::unique_ptr<BIO, openssl_free<BIO_free>>;
using ssl_ptr = std::unique_ptr<SSL, openssl_free<SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, openssl_free<SSL_CTX_free>>;
using ssl_session_ptr = std::unique_ptr<SSL_SESSION, openssl_free<SSL_SESSION_free>>;
using x509_ptr = std::unique_ptr<X509, openssl_free<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;

/// Prepares OpenSSL once, without its configuration file: reading it costs a start and could change what is accepted.
void prepare_openssl();

/// A read-only view of `text`, which must outlive it.
bio_ptr open_text(std::string_view text);

/// Every certificate of a PEM text, in order. Errors: `errc::bad_config`; `what` names the text.
std::vector<x509_ptr> parse_certificates(std::string_view pem, std::string_view what);

/// The one private key of a PEM text: SEC1, PKCS#1 or PKCS#8, never encrypted, never asking for a password.
/// Errors: `errc::bad_config`; `what` names the text.
key_ptr parse_private_key(std::string_view pem, std::string_view what);

/// "CN=demo,O=acme" of a subject or issuer.
std::string name_text(X509_NAME const* name);

/// The text of one entry of a name, first occurrence first; for NID_commonName, NID_organizationName.
std::vector<std::string> name_entries(X509_NAME const* name, int nid);

/// The host names and addresses a certificate is good for, in the order of the certificate.
std::vector<std::string> alternative_names(X509 const* certificate);

/// The reason of the oldest error in OpenSSL's queue of this thread; empties the queue.
std::string take_openssl_reason();

}  // namespace kuberay::net
