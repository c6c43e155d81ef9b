#pragma once

#include "net/tls_server.hpp"
#include "support/loopback_listener.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::test {

enum class proxy_kind { connect, socks5 };

/// How a proxy behaves.
struct proxy_options {
    proxy_options() = default;
    proxy_kind kind = proxy_kind::connect;
    std::string user_info;                    ///< "user:password" to ask for; empty: everybody may
    std::optional<std::uint16_t> forward_to;  ///< connect to this port of 127.0.0.1 whatever is asked for
    std::string refusal;                      ///< an answer to give instead of a tunnel (bytes)
    std::shared_ptr<net::tls_server> tls;     ///< speak TLS with clients
};

/// What was asked of a proxy.
struct proxy_journal {
    proxy_journal() = default;
    std::vector<std::string> targets;      ///< "host:port" as the client wrote it
    std::vector<std::string> credentials;  ///< "user:password" as it arrived, per attempt
    std::string first_bytes;               ///< of the last connection, behind TLS
};

/// A proxy on a free port of 127.0.0.1 that really forwards.
class proxy_server {
public:
    proxy_server(asio::any_io_executor executor, proxy_options options);

    std::uint16_t port() const { return listener_.port(); }
    proxy_journal const& journal() const { return *journal_; }

private:
    std::shared_ptr<proxy_journal> journal_;
    loopback_listener listener_;
};

}  // namespace kuberay::test
