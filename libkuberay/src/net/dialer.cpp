#include "net/connect.hpp"
#include "net/proxy_tunnel.hpp"
#include "net/tls_client.hpp"

#include <kuberay/net/dialer.hpp>

namespace kuberay::net {
namespace {

struct route {
    route() = default;
    connect_options options;
    std::optional<url> proxy;
    stalled_peer when_stalled = stalled_peer::is_lost;

    std::string text() const
    {
        std::string where = options.server.scheme == "unix" ? options.server.host : options.server.authority();
        return proxy ? where + " through the proxy " + proxy->str() : where;
    }
};

route route_of(connect_options options)
{
    route way;
    way.proxy = options.proxy ? options.proxy : proxy_for(options.server, proxy_environment::from_process()).value();
    way.options = std::move(options);
    return way;
}

// The proxy is an other party than the server: it may have a certificate of the system's authorities, and it does not
// get to see the client's certificate.
task<byte_stream> secure_proxy(byte_stream over, url proxy, tls_options of_server)
{
    tls_options own;
    own.ca_pem = std::move(of_server.ca_pem);
    own.verify = of_server.verify;
    std::shared_ptr<tls_context> context = tls_context_for(own, system_roots::always);
    std::string peer = proxy.authority();
    return connect_tls(std::move(over), std::move(context), std::move(own), std::move(proxy.host), std::move(peer));
}

task<byte_stream> reach_proxy(asio::any_io_executor executor, route way)
{
    url const proxy = *way.proxy;
    byte_stream stream = co_await connect_tcp(executor, proxy.host, proxy.port, way.when_stalled);
    if (proxy.scheme == "https") co_return co_await secure_proxy(std::move(stream), proxy, way.options.tls);
    co_return std::move(stream);
}

task<byte_stream> reach(asio::any_io_executor executor, route way)
{
    url const server = way.options.server;
    if (server.scheme == "unix") co_return co_await connect_unix(executor, server.host);
    if (!way.proxy) co_return co_await connect_tcp(executor, server.host, server.port, way.when_stalled);
    task<byte_stream> reaching = reach_proxy(executor, way);
    result<byte_stream> reached = co_await as_result(std::move(reaching));
    if (reached.has_error()) throw failure(reached.error().with_context("the proxy cannot be used"));
    byte_stream through = std::move(*reached);
    task<byte_stream> opening = open_tunnel(std::move(through), *way.proxy, server);
    result<byte_stream> tunnel = co_await as_result(std::move(opening));
    if (tunnel.has_error()) throw failure(tunnel.error().with_context("the proxy did not open a tunnel"));
    co_return std::move(*tunnel);
}

std::string seconds(std::chrono::milliseconds time)
{
    if (time.count() % 1000 == 0) return std::to_string(time.count() / 1000) + " s";
    return std::to_string(time.count()) + " ms";
}

error explain(error const& happened, route const& way, std::string doing, std::chrono::milliseconds limit)
{
    doing += way.text();
    if (happened.code() == errc::timed_out)
        return error(errc::timed_out, doing + ": no answer within " + seconds(limit));
    return happened.with_context(std::move(doing));
}

task<byte_stream> dial_route(asio::any_io_executor executor, connect_options options, stalled_peer when_stalled)
{
    if (options.server.scheme.starts_with("socks") || options.server.host.empty())
        throw failure(
            errc::bad_config, "connecting to \"" + options.server.str() + "\": this is not the URL of a server"
        );
    route way = route_of(std::move(options));
    way.when_stalled = when_stalled;
    bool const is_tls = way.options.server.scheme == "https";
    std::shared_ptr<tls_context> context;
    if (is_tls) context = tls_context_for(way.options.tls);

    task<byte_stream> reaching = with_timeout(way.options.connect_timeout, reach(executor, way));
    result<byte_stream> reached = co_await as_result(std::move(reaching));
    if (reached.has_error())
        throw failure(explain(reached.error(), way, "connecting to ", way.options.connect_timeout));
    if (!is_tls) co_return std::move(*reached);

    byte_stream plain = std::move(*reached);
    url const server = way.options.server;
    std::string peer = server.authority();
    task<byte_stream> securing =
        connect_tls(std::move(plain), std::move(context), way.options.tls, server.host, std::move(peer));
    securing = with_timeout(way.options.handshake_timeout, std::move(securing));
    result<byte_stream> secured = co_await as_result(std::move(securing));
    if (secured.has_error()) throw failure(explain(secured.error(), way, "TLS with ", way.options.handshake_timeout));
    co_return std::move(*secured);
}

}  // namespace

task<byte_stream> dial(asio::any_io_executor executor, connect_options options)
{
    return dial_route(std::move(executor), std::move(options), stalled_peer::is_lost);
}

task<byte_stream> dial_for_stream(asio::any_io_executor executor, connect_options options)
{
    return dial_route(std::move(executor), std::move(options), stalled_peer::is_patient);
}

}  // namespace kuberay::net
