#pragma once

#include <string>

namespace kuberay::testing {

/// A certificate and its key, PEM.
struct identity {
    identity() = default;
    std::string certificate_pem, key_pem;
};

/// A certificate authority made in memory. Errors: `errc::unexpected` when OpenSSL fails.
class certificate_authority {
public:
    certificate_authority();

    std::string const& pem() const noexcept { return self_.certificate_pem; }

    /// For 127.0.0.1, ::1 and localhost.
    identity make_server() const;
    /// `user` is the common name.
    identity make_client(std::string const& user) const;

private:
    identity self_;
};

}  // namespace kuberay::testing
