#pragma once

#include <kuberay/base/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::net {

/// An absolute URL of a server or proxy, taken apart. A value.
struct url {
    url() = default;
    std::string scheme;      ///< lower case: http, https, socks5, socks5h, unix
    std::string user_info;   ///< decoded "user:password", a secret; empty when absent
    std::string host;        ///< without brackets; for unix the path of the socket
    std::uint16_t port = 0;  ///< the scheme's default when absent (80, 443, 1080)
    std::string path;        ///< prefix with leading and without trailing slash; empty for "/"

    bool operator==(url const&) const = default;

    /// "https://host:port/path" without user info; IPv6 in brackets, default ports left out.
    std::string str() const;

    /// "host:port", IPv6 in brackets.
    std::string authority() const;
};

/// Errors: `errc::bad_config` naming what is wrong with the text (user info is never repeated).
result<url> parse_url(std::string_view text);

/// Percent-encodes one path segment or one query value (RFC 3986 unreserved characters stay).
std::string percent_encode(std::string_view text);

/// How TLS is done with a server. PEM texts, not file names.
struct tls_options {
    tls_options() = default;
    std::string ca_pem;                  ///< empty: the system's roots
    std::string client_certificate_pem;  ///< with `client_key_pem`, or both empty
    std::string client_key_pem;          ///< RSA, EC or Ed25519; an encrypted key is an error
    std::string server_name;             ///< replaces the host for SNI and verification
    bool verify = true;

    bool operator==(tls_options const&) const = default;
};

/// Where and how to connect.
struct connect_options {
    connect_options() = default;
    url server;
    tls_options tls;           ///< used when the scheme is https
    std::optional<url> proxy;  ///< used always; absent: chosen from the environment (see `proxy_for`)
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);    ///< resolve, connect and proxy
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);  ///< TLS

    bool operator==(connect_options const&) const = default;
};

/// The proxy variables of a process, by Go's rules (golang.org/x/net/http/httpproxy).
struct proxy_environment {
    proxy_environment() = default;
    std::string https_proxy, http_proxy, no_proxy;

    /// From HTTPS_PROXY, HTTP_PROXY, NO_PROXY; each falls back to its lower-case form.
    static proxy_environment from_process();
};

/// The proxy to use for `server`, if any. NO_PROXY: IPs, CIDRs, `IP:port`, `domain` (and its subdomains), `.domain`
/// (subdomains only), `*`, each with optional port. Loopback never uses a proxy of the environment.
/// Errors: `errc::bad_config` when the variable is not a URL.
result<std::optional<url>> proxy_for(url const& server, proxy_environment const& environment);

}  // namespace kuberay::net
