#pragma once

#include "net/tls_server.hpp"
#include "support/certificates.hpp"

#include <kuberay/net/dialer.hpp>

#include <boost/asio/this_coro.hpp>

namespace kuberay::test {

/// How a TLS handshake over memory ended at either end.
struct tls_pair {
    tls_pair() = default;
    result<net::byte_stream> client = error(errc::unexpected, "the client has not run");
    result<net::accepted_tls> server = error(errc::unexpected, "the server has not run");
};

inline task<void> run_tls_client(net::byte_stream over, net::tls_options options, std::string host, tls_pair* into)
{
    task<net::byte_stream> starting = net::start_tls(std::move(over), std::move(options), std::move(host));
    into->client = co_await as_result(std::move(starting));
}

inline task<void> run_tls_server(net::byte_stream over, std::shared_ptr<net::tls_server> server, tls_pair* into)
{
    task<net::accepted_tls> accepting = net::accept_tls(std::move(over), std::move(server));
    into->server = co_await as_result(std::move(accepting));
}

/// A handshake over a memory pair of `capacity` bytes.
inline task<tls_pair> shake_hands(
    net::tls_options client, std::string host, std::shared_ptr<net::tls_server> server, std::size_t capacity = 65536
)
{
    tls_pair ended;
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    auto streams = net::make_stream_pair(executor, capacity);
    std::vector<task<void>> ends;
    ends.push_back(run_tls_client(std::move(streams.first), std::move(client), std::move(host), &ended));
    ends.push_back(run_tls_server(std::move(streams.second), std::move(server), &ended));
    co_await run_all(std::move(ends));
    co_return std::move(ended);
}

inline std::shared_ptr<net::tls_server> make_tls_server(identity const& own, std::string client_ca_pem = std::string())
{
    net::tls_server_options options;
    options.certificate_pem = own.certificate_pem;
    options.key_pem = own.key_pem;
    options.client_ca_pem = std::move(client_ca_pem);
    return std::make_shared<net::tls_server>(options);
}

}  // namespace kuberay::test
