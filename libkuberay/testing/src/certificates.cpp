#include "certificates.hpp"

#include "net/openssl.hpp"

#include <kuberay/base/error.hpp>

#include <openssl/pem.h>

#include <atomic>

namespace kuberay::testing {

namespace {

void check(bool done, char const* what)
{
    if (!done)
        throw failure(
            errc::unexpected, std::string("cannot make a certificate: ") + what + ": " + net::take_openssl_reason()
        );
}

std::string text_of(BIO* bio)
{
    char* data = nullptr;
    long const size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate)
{
    net::bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_X509(bio.get(), certificate) == 1, "writing it");
    return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key)
{
    net::bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "writing its key");
    return text_of(bio.get());
}

void add_extension(X509* to, X509* issuer, int nid, char const* value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    check(extension && X509_add_ext(to, extension, -1) == 1, "adding an extension");
    X509_EXTENSION_free(extension);
}

struct draft {
    net::x509_ptr certificate;
    net::key_ptr key;
};

draft start(std::string const& common_name, X509* issuer)
{
    static std::atomic<long> serial = 1;
    draft made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    check(made.key && made.certificate, "its key");
    X509* const x509 = made.certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 30L * 24 * 3600);
    X509_set_pubkey(x509, made.key.get());
    X509_NAME* const name = X509_get_subject_name(x509);
    check(
        X509_NAME_add_entry_by_txt(
            name, "CN", MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(common_name.c_str()), -1, -1, 0
        ) == 1,
        "its name"
    );
    X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer) : name);
    return made;
}

identity finish(draft const& made, EVP_PKEY* signer)
{
    check(X509_sign(made.certificate.get(), signer, EVP_sha256()) > 0, "signing it");
    identity done;
    done.certificate_pem = pem_of(made.certificate.get());
    done.key_pem = pem_of(made.key.get());
    return done;
}

identity signed_by(identity const& authority, std::string const& name, char const* usage, char const* alternative_names)
{
    net::x509_ptr const issuer = std::move(net::parse_certificates(authority.certificate_pem, "the authority").front());
    net::key_ptr const key = net::parse_private_key(authority.key_pem, "the authority's key");
    draft const made = start(name, issuer.get());
    add_extension(made.certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(made.certificate.get(), issuer.get(), NID_ext_key_usage, usage);
    if (alternative_names) add_extension(made.certificate.get(), issuer.get(), NID_subject_alt_name, alternative_names);
    return finish(made, key.get());
}

}  // namespace

certificate_authority::certificate_authority()
{
    net::prepare_openssl();
    draft const made = start("simulator-ca", nullptr);
    add_extension(made.certificate.get(), made.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(made.certificate.get(), made.certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    self_ = finish(made, made.key.get());
}

identity certificate_authority::make_server() const
{
    return signed_by(self_, "simulator", "serverAuth", "DNS:localhost,DNS:kubernetes,IP:127.0.0.1,IP:::1");
}

identity certificate_authority::make_client(std::string const& user) const
{
    return signed_by(self_, user, "clientAuth", nullptr);
}

}  // namespace kuberay::testing
