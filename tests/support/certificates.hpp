#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::test {

enum class key_kind { ec, rsa, ed25519 };

/// What a certificate should say.
struct certificate_request {
    certificate_request() = default;
    std::string common_name = "server";
    std::vector<std::string> organizations;
    std::vector<std::string> names;      ///< DNS names of the SAN
    std::vector<std::string> addresses;  ///< IP addresses of the SAN
    key_kind key = key_kind::ec;
    std::chrono::seconds valid_from = -std::chrono::hours(1);  ///< counted from now
    std::chrono::seconds valid_until = std::chrono::hours(24);
};

/// A certificate and its key (PKCS #8), both PEM.
struct identity {
    identity() = default;
    std::string certificate_pem, key_pem;
};

/// A certificate authority made for one test.
class certificate_authority {
public:
    explicit certificate_authority(std::string name = "test authority");
    ~certificate_authority();
    certificate_authority(certificate_authority const&) = delete;
    certificate_authority& operator=(certificate_authority const&) = delete;

    std::string const& pem() const noexcept;
    identity issue(certificate_request request) const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

/// A certificate signed by its own key, which is no authority.
identity self_signed(certificate_request request);

/// The key in its older form: SEC1 ("EC PRIVATE KEY") or PKCS #1 ("RSA PRIVATE KEY").
std::string traditional_key(std::string const& key_pem);

/// The key behind a passphrase (PKCS #8).
std::string encrypted_key(std::string const& key_pem, std::string const& passphrase);

/// A server's identity for localhost, 127.0.0.1 and ::1.
identity loopback_identity(certificate_authority const& authority);

}  // namespace kuberay::test
