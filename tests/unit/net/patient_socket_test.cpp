// The limit on unacknowledged bytes, as the kernel has it: on connections for requests, not on those that become streams.
#ifdef __linux__

#include "net/http_client.hpp"
#include "support/co_test.hpp"
#include "support/loopback_listener.hpp"

#include <kuberay/net/endpoint.hpp>

#include <boost/asio/this_coro.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

/// TCP_USER_TIMEOUT in milliseconds of every socket of this process that is connected to `port` of the loopback.
std::vector<unsigned> user_timeouts(std::uint16_t port)
{
    std::vector<unsigned> found;
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    int const last = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
    for (int fd = 0; fd < last; ++fd) {
        sockaddr_in peer{};
        socklen_t size = sizeof(peer);
        if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
        unsigned timeout = 0;
        socklen_t length = sizeof(timeout);
        if (getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &length) == 0) found.push_back(timeout);
    }
    return found;
}

task<void> serve(byte_stream stream)
{
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        std::string const piece = co_await read_some(&stream);
        if (piece.empty()) co_return;
        head += piece;
    }
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    if (head.starts_with("GET /exec"))
        answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";
    co_await write_all(&stream, answer);
    co_await read_some(&stream);  // until the client leaves
}

KUBERAY_CO_TEST(patient_socket, only_a_connection_for_requests_takes_a_peer_that_does_not_read_for_lost)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    test::loopback_listener const listener(executor, serve);
    connect_options options;
    options.server.scheme = "http";
    options.server.host = "127.0.0.1";
    options.server.port = listener.port();

    auto const asking = make_http_client(executor, options);
    http_response response = co_await asking->send(http_request("GET", "/api"));
    co_await response.read_all();
    EXPECT_EQ(user_timeouts(listener.port()), std::vector<unsigned>(1, 60000));

    auto const upgrading = make_http_client(executor, options);
    http_request request("GET", "/exec");
    request.fields.add("Upgrade", "echo");
    upgrade_result const upgraded = co_await upgrading->upgrade(std::move(request));
    EXPECT_TRUE(static_cast<bool>(upgraded.stream));
    std::vector<unsigned> both = user_timeouts(listener.port());
    std::sort(both.begin(), both.end());
    EXPECT_EQ(both, std::vector<unsigned>({0, 60000}));
}

}  // namespace
}  // namespace kuberay::net

#endif
