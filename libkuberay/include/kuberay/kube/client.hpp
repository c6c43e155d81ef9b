#pragma once

#include <kuberay/base/log.hpp>
#include <kuberay/base/task.hpp>
#include <kuberay/kube/config.hpp>
#include <kuberay/net/http.hpp>
#include <kuberay/net/websocket.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::kube {

/// What the server asked to tell the user (`Warning:` headers, code 299), each text once per client.
using warning_sink = std::function<void(std::string_view text)>;

struct client_options {
    client_options() = default;
    std::string user_agent;   ///< empty: "kuberay/<version>"
    kuberay::logger log;      ///< request lines at 6, headers at 8, bodies at 9
    warning_sink on_warning;  ///< empty: warnings are dropped
    std::size_t max_connections = 32;
    std::chrono::seconds longest_wait{30};      ///< a longer Retry-After is returned as the error
    std::shared_ptr<net::transport> transport;  ///< replaces the network (tests)
};

/// Counters for diagnostics and tests.
struct client_statistics {
    client_statistics() = default;
    std::uint64_t requests = 0, retries = 0, credential_refreshes = 0;
};

/// Talks to one API server. A handle: copies share one connection pool, one credential and its refresh.
///
/// Adds the server's path prefix, credentials, impersonation and User-Agent. Retries 429 and 5xx that carry
/// Retry-After (up to 10 times), and refreshes credentials once on 401.
/// Thread safety: to be used from its executor only, which must be serial.
class client {
public:
    client(asio::any_io_executor executor, config from, client_options options = client_options());

    asio::any_io_executor get_executor() const noexcept;
    std::string const& default_ns() const noexcept;
    kube::config const& configuration() const noexcept;
    client_statistics statistics() const noexcept;

    /// Sends a request and returns the answer's head when its status is 2xx.
    ///
    /// Errors: the server's Status (any `reason`); what `net::transport::send` reports; `errc::credentials`;
    /// `errc::timed_out` after the configured request timeout.
    task<net::http_response> send(net::http_request request) const;

    /// Sends a request and returns its whole body, parsed as JSON (null when empty).
    task<json::value> send_for_json(net::http_request request) const;

    /// Opens a WebSocket with the same credentials. Errors: as `send`, and `errc::upgrade_refused`.
    task<net::websocket> open_websocket(net::http_request request, std::vector<std::string> subprotocols) const;

    /// Sends a request with `Connection: Upgrade` (SPDY); a status other than 101 is thrown as in `send`.
    task<net::upgrade_result> upgrade(net::http_request request) const;

private:
    struct implementation;
    std::shared_ptr<implementation> implementation_;
};

/// Decodes an answer that is not 2xx: a Status, or one made from the code and at most 2048 bytes of text.
/// Pure. `method` decides what a 409 means when the body does not say.
server_status
decode_status(int http_status, net::http_fields const& fields, std::string_view body, std::string_view method);

}  // namespace kuberay::kube
