#include "net/tls_roots.hpp"

#include <openssl/err.h>

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace kuberay::net {
namespace {

constexpr std::array bundles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",                   // older Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/var/lib/ca-certificates/ca-bundle.pem",             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine, OpenSSL's own place
};

std::string_view variable(char const* name)
{
    char const* const value = std::getenv(name);
    return value != nullptr ? std::string_view(value) : std::string_view();
}

}  // namespace

std::string load_system_roots(X509_STORE* store)
{
    std::string from;
    std::string const file(variable("SSL_CERT_FILE"));
    std::string const directory(variable("SSL_CERT_DIR"));
    if (!file.empty()) {
        bool const loaded = X509_STORE_load_file(store, file.c_str()) == 1;
        from = (loaded ? "the roots in " : "nothing (no certificate could be read from ") + file
               + (loaded ? " (SSL_CERT_FILE)" : ", named by SSL_CERT_FILE)");
    }
    if (!directory.empty()) {
        X509_STORE_load_path(store, directory.c_str());
        from += (from.empty() ? "the roots in " : " and the roots in ") + directory + " (SSL_CERT_DIR)";
    }
    for (auto const* bundle : bundles) {
        if (!from.empty()) break;
        if (::access(bundle, R_OK) == 0 && X509_STORE_load_file(store, bundle) == 1)
            from = std::string("the system's roots in ") + bundle;
    }
    ERR_clear_error();
    return from.empty() ? "nothing (no bundle of root certificates was found on this system)" : from;
}

}  // namespace kuberay::net
