#include "kube/api_transport.hpp"
#include "kube/request_fields.hpp"

#include <kuberay/kube/client.hpp>

#include <boost/json/value.hpp>

namespace kuberay::kube {
namespace {

timestamp wall_now() { return std::chrono::system_clock::now(); }

transport_slot::factory connector(asio::any_io_executor executor, config const& from, client_options const& options)
{
    if (options.transport) return [given = options.transport](net::connect_options) { return given; };
    net::http_client_options http;
    http.max_connections = options.max_connections;
    http.accept_gzip = !from.disable_compression;
    return [executor = std::move(executor), http](net::connect_options connect) {
        return net::make_http_client(executor, std::move(connect), http);
    };
}

bool has_credentials(config const& from)
{
    return !from.auth.token.empty() || !from.auth.token_file.empty() || !from.auth.username.empty() || from.auth.exec
           || !from.connect.tls.client_certificate_pem.empty();
}

api_transport_parts parts_of(asio::any_io_executor executor, config const& from, client_options const& options)
{
    api_transport_parts parts;
    parts.executor = executor;
    parts.path_prefix = from.connect.server.path;
    parts.user_agent = options.user_agent.empty() ? default_user_agent() : options.user_agent;
    parts.as = from.auth.as;
    parts.request_timeout = from.request_timeout;
    parts.longest_wait = options.longest_wait;
    parts.place.server = from.connect.server.str();
    parts.place.context = from.context;
    parts.place.in_cluster = from.in_cluster;
    parts.place.has_credentials = has_credentials(from);
    parts.log = options.log;
    parts.on_warning = options.on_warning;
    parts.credentials = make_credential_source(executor, from.auth, &wall_now);
    parts.connect = connector(executor, from, options);
    parts.connect_options = from.connect;
    parts.now = &wall_now;
    parts.sleep = &sleep_for;
    return parts;
}

task<net::websocket>
open(std::shared_ptr<net::transport> over, net::http_request request, std::vector<std::string> subprotocols)
{
    return net::connect_websocket(std::move(over), std::move(request), std::move(subprotocols));
}

}  // namespace

struct client::implementation {
    implementation(asio::any_io_executor executor, config from, client_options const& options)
        : configuration(std::move(from))
        , server(std::make_shared<api_transport>(parts_of(std::move(executor), configuration, options)))
    {
    }

    kube::config configuration;
    std::shared_ptr<api_transport> server;
};

client::client(asio::any_io_executor executor, config from, client_options options)
    : implementation_(std::make_shared<implementation>(std::move(executor), std::move(from), options))
{
}

asio::any_io_executor client::get_executor() const noexcept { return implementation_->server->get_executor(); }

std::string const& client::default_ns() const noexcept { return implementation_->configuration.ns; }

kube::config const& client::configuration() const noexcept { return implementation_->configuration; }

client_statistics client::statistics() const noexcept { return implementation_->server->statistics(); }

task<net::http_response> client::send(net::http_request request) const
{
    return implementation_->server->send(std::move(request));
}

task<json::value> client::send_for_json(net::http_request request) const
{
    return implementation_->server->send_for_json(std::move(request));
}

task<net::websocket> client::open_websocket(net::http_request request, std::vector<std::string> subprotocols) const
{
    return open(implementation_->server, std::move(request), std::move(subprotocols));
}

task<net::upgrade_result> client::upgrade(net::http_request request) const
{
    return implementation_->server->upgrade(std::move(request));
}

}  // namespace kuberay::kube
