#pragma once

#include "net/socket_stream.hpp"

#include <kuberay/net/byte_stream.hpp>
#include <kuberay/net/endpoint.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace kuberay::net {

/// The addresses of `host`, in the resolver's order of preference. Address literals are not looked up.
/// Cancellation: ends at once, though the system's resolver may go on for a while in its thread.
task<std::vector<asio::ip::tcp::endpoint>>
resolve(asio::any_io_executor executor, std::string host, std::uint16_t port);

/// The order in which to try: families alternate, the resolver's favourite first (RFC 8305 section 4).
std::vector<asio::ip::tcp::endpoint> interleave(std::vector<asio::ip::tcp::endpoint> endpoints);

/// Connects to the first of `endpoints` that answers; the next one starts when the one before failed or after 250 ms
/// (RFC 8305 section 5). Errors: the code of the first endpoint; the message has all of them.
task<asio::ip::tcp::socket> race(asio::any_io_executor executor, std::vector<asio::ip::tcp::endpoint> endpoints);

/// `resolve`, `interleave`, `race`.
task<byte_stream> connect_tcp(
    asio::any_io_executor executor, std::string host, std::uint16_t port,
    stalled_peer when_stalled = stalled_peer::is_lost
);

task<byte_stream> connect_unix(asio::any_io_executor executor, std::string path);

/// `dial` for a connection that becomes a stream of its own: a peer that leaves bytes unread for long (a program that
/// does not read its input) is no lost one. Whoever uses it looks for signs of life himself.
task<byte_stream> dial_for_stream(asio::any_io_executor executor, connect_options options);

}  // namespace kuberay::net
