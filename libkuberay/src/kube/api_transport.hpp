#pragma once

#include "kube/credentials.hpp"
#include "kube/request_error.hpp"
#include "kube/request_log.hpp"
#include "kube/transport_slot.hpp"

#include <kuberay/kube/client.hpp>
#include <kuberay/net/http.hpp>

#include <functional>
#include <memory>
#include <string>

namespace kuberay::kube {

/// What an `api_transport` is made of.
struct api_transport_parts {
    api_transport_parts() = default;
    asio::any_io_executor executor;
    std::string path_prefix;  ///< of the server; before every target
    std::string user_agent;
    impersonation as;
    std::chrono::milliseconds request_timeout{0};
    std::chrono::seconds longest_wait{30};
    request_place place;
    logger log;
    warning_sink on_warning;
    std::shared_ptr<credential_source> credentials;
    transport_slot::factory connect;
    net::connect_options connect_options;
    wall_clock now;
    std::function<task<void>(std::chrono::steady_clock::duration)> sleep;
};

/// The API server as a transport: what it gives is 2xx (or 101 after `upgrade`); everything else is thrown as the
/// server's Status. Adds prefix, credentials, impersonation and User-Agent; retries what the server asks to retry, and
/// once with renewed credentials after a 401.
class api_transport final : public net::transport {
public:
    explicit api_transport(api_transport_parts parts);

    asio::any_io_executor get_executor() const noexcept override;
    task<net::http_response> send(net::http_request request) override;
    task<net::upgrade_result> upgrade(net::http_request request) override;
    void drop_idle() noexcept override;

    /// `send` and the whole body as JSON, both within the request timeout.
    task<json::value> send_for_json(net::http_request request);

    client_statistics const& statistics() const noexcept;

    struct state;

private:
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::kube
