#pragma once

#include "net/spdy_connection.hpp"
#include "unit/kube/exec_server.hpp"

#include <boost/asio/this_coro.hpp>

namespace kuberay::kube::test {

/// A kubelet's end of a session over SPDY: its streams, in the order of their coming.
struct spdy_peer {
    spdy_peer() = default;
    net::spdy_connection connection;
    std::vector<std::string> kinds;
    std::vector<net::byte_stream> streams;

    net::byte_stream* stream(std::string const& kind)
    {
        for (std::size_t i = 0; i < kinds.size(); ++i)
            if (kinds[i] == kind) return &streams[i];
        throw failure(errc::unexpected, "the client has opened no stream " + kind);
    }

    static task<void> send(std::shared_ptr<spdy_peer> on, std::string kind, std::string bytes)
    {
        co_await net::write_all(on->stream(kind), std::move(bytes));
    }

    static task<void> finish(std::shared_ptr<spdy_peer> on, std::string kind)
    {
        co_await on->stream(kind)->finish_writing();
    }
};

using spdy_program = std::function<task<void>(std::shared_ptr<spdy_peer> peer)>;

inline task<void> run_spdy(net::byte_stream stream, std::size_t streams, spdy_program program)
{
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
                         "X-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n";
    co_await net::write_all(&stream, std::move(answer));
    auto const peer = std::make_shared<spdy_peer>();
    peer->connection = net::spdy_connection(std::move(stream), net::spdy_role::server);
    while (peer->streams.size() < streams) {
        std::optional<net::spdy_incoming> incoming = co_await peer->connection.accept();
        if (!incoming) co_return;
        for (auto const& [name, value] : incoming->headers)
            if (name == "streamtype") peer->kinds.push_back(value);
        peer->streams.push_back(std::move(incoming->stream));
    }
    task<void> running = program(peer);
    co_await std::move(running);
}

/// Starts the program when `streams` are there, as a kubelet does.
inline exec_server::behaviour runs_spdy(std::size_t streams, spdy_program program)
{
    return [=](net::byte_stream stream, std::string) { return run_spdy(std::move(stream), streams, program); };
}

/// Writes `out` and a status, and ends properly.
inline task<void> say_and_end(std::shared_ptr<spdy_peer> peer, std::string out, std::string status)
{
    co_await spdy_peer::send(peer, "stdout", out);
    if (!status.empty()) co_await spdy_peer::send(peer, "error", status);
    for (auto& stream : peer->streams)
        co_await stream.finish_writing();
    // Until the client has gone.
    co_await peer->connection.ended();
}

inline exec_server::behaviour says_over_spdy(std::string out, std::string status)
{
    return runs_spdy(3, [=](std::shared_ptr<spdy_peer> peer) { return say_and_end(std::move(peer), out, status); });
}

}  // namespace kuberay::kube::test
