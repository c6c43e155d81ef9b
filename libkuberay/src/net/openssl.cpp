#include "net/openssl.hpp"

#include <kuberay/base/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <mutex>

namespace kuberay::net {
namespace {

using asn1_names = std::unique_ptr<GENERAL_NAMES, openssl_free<GENERAL_NAMES_free>>;

std::string text_of(ASN1_STRING const* string)
{
    unsigned char* utf8 = nullptr;
    int const size = ASN1_STRING_to_UTF8(&utf8, string);
    if (size < 0) return std::string();
    std::string text(reinterpret_cast<char const*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return text;
}

std::string address_text(ASN1_OCTET_STRING const* bytes)
{
    auto const* data = ASN1_STRING_get0_data(bytes);
    if (ASN1_STRING_length(bytes) == 4) {
        boost::asio::ip::address_v4::bytes_type v4;
        std::copy_n(data, v4.size(), v4.begin());
        return boost::asio::ip::address_v4(v4).to_string();
    }
    if (ASN1_STRING_length(bytes) == 16) {
        boost::asio::ip::address_v6::bytes_type v6;
        std::copy_n(data, v6.size(), v6.begin());
        return boost::asio::ip::address_v6(v6).to_string();
    }
    return std::string();
}

// PEM's way of asking for a password. Saying no keeps OpenSSL from prompting on the terminal.
int refuse_password(char*, int, int, void* asked)
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

}  // namespace

void prepare_openssl()
{
    static std::once_flag once;
    std::call_once(once, [] { OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr); });
}

bio_ptr open_text(std::string_view text)
{
    return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<x509_ptr> parse_certificates(std::string_view pem, std::string_view what)
{
    prepare_openssl();
    ERR_clear_error();
    bio_ptr const bio = open_text(pem);
    std::vector<x509_ptr> certificates;
    bool asked = false;
    while (x509_ptr one{PEM_read_bio_X509(bio.get(), nullptr, refuse_password, &asked)})
        certificates.push_back(std::move(one));
    bool const at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    std::string const reason = take_openssl_reason();
    if (!at_end) throw failure(errc::bad_config, std::string(what) + " cannot be parsed: " + reason);
    if (certificates.empty()) throw failure(errc::bad_config, std::string(what) + " holds no PEM certificate");
    return certificates;
}

key_ptr parse_private_key(std::string_view pem, std::string_view what)
{
    prepare_openssl();
    ERR_clear_error();
    bio_ptr const bio = open_text(pem);
    bool asked = false;
    key_ptr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_password, &asked));
    std::string const reason = take_openssl_reason();
    if (asked) {
        throw failure(error(errc::bad_config, std::string(what) + " is encrypted, which is not supported")
                          .with_hint("Store the key without a passphrase (openssl pkey -in KEY -out NEW_KEY)"));
    }
    if (!key) throw failure(errc::bad_config, std::string(what) + " is not a PEM private key: " + reason);
    return key;
}

std::string name_text(X509_NAME const* name)
{
    bio_ptr const bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    char* data = nullptr;
    long const size = BIO_get_mem_data(bio.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::vector<std::string> name_entries(X509_NAME const* name, int nid)
{
    std::vector<std::string> entries;
    for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at))
        entries.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
    return entries;
}

std::vector<std::string> alternative_names(X509 const* certificate)
{
    std::vector<std::string> texts;
    asn1_names const names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))
    );
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        int type = 0;
        void const* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
        if (type == GEN_DNS) texts.push_back(text_of(static_cast<ASN1_STRING const*>(value)));
        if (type == GEN_IPADD) texts.push_back(address_text(static_cast<ASN1_OCTET_STRING const*>(value)));
    }
    return texts;
}

std::string take_openssl_reason()
{
    unsigned long const code = ERR_get_error();
    ERR_clear_error();
    char const* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown reason";
}

}  // namespace kuberay::net
