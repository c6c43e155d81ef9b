#include "support/certificates.hpp"

#include "net/openssl.hpp"

#include <openssl/pem.h>

#include <atomic>
#include <stdexcept>

namespace kuberay::test {
namespace {

using net::bio_ptr;
using net::key_ptr;
using net::openssl_free;
using net::x509_ptr;

void check(bool done, char const* what)
{
    if (!done) throw std::runtime_error(std::string("making a certificate: ") + what);
}

key_ptr make_key(key_kind kind)
{
    net::prepare_openssl();
    switch (kind) {
    case key_kind::ec: return key_ptr(EVP_EC_gen("P-256"));
    case key_kind::rsa: return key_ptr(EVP_RSA_gen(2048));
    case key_kind::ed25519: return key_ptr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    }
    throw std::logic_error("an unknown kind of key");
}

std::string contents(bio_ptr const& bio)
{
    char* data = nullptr;
    long const size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate)
{
    bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_X509(bio.get(), certificate) == 1, "writing the certificate");
    return contents(bio);
}

std::string pem_of(EVP_PKEY* key)
{
    bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "writing the key");
    return contents(bio);
}

void add_name(X509_NAME* to, char const* field, std::string const& value)
{
    auto const* const bytes = reinterpret_cast<unsigned char const*>(value.c_str());
    check(X509_NAME_add_entry_by_txt(to, field, MBSTRING_UTF8, bytes, -1, -1, 0) == 1, "adding a name");
}

void add_extension(X509* certificate, X509* issuer, int nid, std::string const& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, openssl_free<X509_EXTENSION_free>> const extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())
    );
    check(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "adding an extension");
}

std::string alternative_names(certificate_request const& request)
{
    std::string names;
    for (auto const& name : request.names)
        names += (names.empty() ? "DNS:" : ",DNS:") + name;
    for (auto const& address : request.addresses)
        names += (names.empty() ? "IP:" : ",IP:") + address;
    return names;
}

x509_ptr make_certificate(certificate_request const& request, EVP_PKEY* key)
{
    static std::atomic<long> serial = 1;
    x509_ptr certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), static_cast<long>(request.valid_from.count()));
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(request.valid_until.count()));
    X509_set_pubkey(certificate.get(), key);
    for (auto const& organization : request.organizations)
        add_name(X509_get_subject_name(certificate.get()), "O", organization);
    add_name(X509_get_subject_name(certificate.get()), "CN", request.common_name);
    return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key)
{
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    // Ed25519 brings its own digest.
    check(X509_sign(certificate, key, EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256()) > 0, "signing");
}

identity identity_of(x509_ptr const& certificate, key_ptr const& key)
{
    identity made;
    made.certificate_pem = pem_of(certificate.get());
    made.key_pem = pem_of(key.get());
    return made;
}

key_ptr parse(std::string const& pem) { return net::parse_private_key(pem, "the key of a test"); }

}  // namespace

struct certificate_authority::state {
    key_ptr key;
    x509_ptr certificate;
    std::string pem;
};

certificate_authority::certificate_authority(std::string name)
    : state_(std::make_unique<state>())
{
    certificate_request request;
    request.common_name = std::move(name);
    state_->key = make_key(key_kind::ec);
    state_->certificate = make_certificate(request, state_->key.get());
    X509* const own = state_->certificate.get();
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(own, own, state_->key.get());
    state_->pem = pem_of(own);
}

certificate_authority::~certificate_authority() = default;

std::string const& certificate_authority::pem() const noexcept { return state_->pem; }

identity certificate_authority::issue(certificate_request request) const
{
    key_ptr const key = make_key(request.key);
    x509_ptr const certificate = make_certificate(request, key.get());
    std::string const names = alternative_names(request);
    if (!names.empty()) add_extension(certificate.get(), state_->certificate.get(), NID_subject_alt_name, names);
    sign(certificate.get(), state_->certificate.get(), state_->key.get());
    return identity_of(certificate, key);
}

identity self_signed(certificate_request request)
{
    key_ptr const key = make_key(request.key);
    x509_ptr const certificate = make_certificate(request, key.get());
    std::string const names = alternative_names(request);
    if (!names.empty()) add_extension(certificate.get(), certificate.get(), NID_subject_alt_name, names);
    sign(certificate.get(), certificate.get(), key.get());
    return identity_of(certificate, key);
}

std::string traditional_key(std::string const& key_pem)
{
    key_ptr const key = parse(key_pem);
    bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(
        PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "writing the key"
    );
    return contents(bio);
}

std::string encrypted_key(std::string const& key_pem, std::string const& passphrase)
{
    key_ptr const key = parse(key_pem);
    bio_ptr const bio(BIO_new(BIO_s_mem()));
    check(
        PEM_write_bio_PKCS8PrivateKey(
            bio.get(), key.get(), EVP_aes_128_cbc(), passphrase.c_str(), static_cast<int>(passphrase.size()), nullptr,
            nullptr
        ) == 1,
        "encrypting the key"
    );
    return contents(bio);
}

identity loopback_identity(certificate_authority const& authority)
{
    certificate_request request;
    request.names.push_back("localhost");
    request.addresses.push_back("127.0.0.1");
    request.addresses.push_back("::1");
    return authority.issue(std::move(request));
}

}  // namespace kuberay::test
