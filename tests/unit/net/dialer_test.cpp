#include "net/connect.hpp"
#include "net/tls_server.hpp"
#include "support/certificates.hpp"
#include "support/co_test.hpp"
#include "support/loopback_listener.hpp"

#include <kuberay/net/dialer.hpp>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>

namespace kuberay::net {
namespace {

using asio::ip::tcp;
using test::certificate_authority;
using test::loopback_listener;
using testing::HasSubstr;

constexpr auto short_limit = std::chrono::milliseconds(50);

task<void> greet(byte_stream stream)
{
    co_await write_all(&stream, "hello");
    co_await read_some(&stream);
}

task<void> greet_by_tls(byte_stream stream, std::shared_ptr<tls_server> server)
{
    accepted_tls accepted = co_await accept_tls(std::move(stream), std::move(server));
    co_await greet(std::move(accepted.stream));
}

task<void> say_nothing(byte_stream stream)
{
    for (;;) {
        std::string const heard = co_await read_some(&stream);
        if (heard.empty()) co_return;
    }
}

connect_options to(std::string scheme, std::string host, std::uint16_t port)
{
    connect_options options;
    options.server.scheme = std::move(scheme);
    options.server.host = std::move(host);
    options.server.port = port;
    return options;
}

tcp::endpoint loopback(std::uint16_t port) { return tcp::endpoint(asio::ip::address_v4::loopback(), port); }

// A port that nobody listens on: bound, so that nobody else takes it.
struct closed_port {
    explicit closed_port(asio::any_io_executor executor)
        : socket(executor, loopback(0))
    {
    }

    std::uint16_t port() const { return socket.local_endpoint().port(); }

    tcp::socket socket;
};

/// A listener that lets connections hang: its queue is full, and Linux then drops what else comes.
struct black_hole {
    explicit black_hole(asio::any_io_executor executor)
        : acceptor(executor)
    {
        acceptor.open(tcp::v4());
        acceptor.bind(loopback(0));
        acceptor.listen(0);
        for (int i = 0; i < 4; ++i) {
            fillers.emplace_back(executor, tcp::v4());
            fillers.back().non_blocking(true);
            // Asio's own blocking connect waits even on a non-blocking socket.
            auto const endpoint = acceptor.local_endpoint();
            ::connect(fillers.back().native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
        }
    }

    std::uint16_t port() const { return acceptor.local_endpoint().port(); }

    tcp::acceptor acceptor;
    std::vector<tcp::socket> fillers;
};

KUBERAY_CO_TEST(dial, connects_to_a_plain_server)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    loopback_listener const listener(executor, greet);
    byte_stream stream = co_await dial(executor, to("http", "127.0.0.1", listener.port()));
    std::string const said = co_await read_some(&stream);
    EXPECT_EQ(said, "hello");
}

KUBERAY_CO_TEST(dial, resolves_names_and_does_tls)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    certificate_authority const authority;
    tls_server_options of_server;
    of_server.certificate_pem = test::loopback_identity(authority).certificate_pem;
    test::identity const own = test::loopback_identity(authority);
    of_server.certificate_pem = own.certificate_pem;
    of_server.key_pem = own.key_pem;
    auto const server = std::make_shared<tls_server>(of_server);
    loopback_listener const listener(executor, [server](byte_stream stream) {
        return greet_by_tls(std::move(stream), server);
    });
    connect_options options = to("https", "localhost", listener.port());
    options.tls.ca_pem = authority.pem();
    byte_stream stream = co_await dial(executor, options);
    std::string const said = co_await read_some(&stream);
    EXPECT_EQ(said, "hello");

    options.tls.ca_pem = certificate_authority().pem();
    auto const rejected = co_await as_result(dial(executor, options));
    EXPECT_EQ(rejected.error().code(), errc::tls_rejected);
    EXPECT_THAT(rejected.error().message(), HasSubstr("TLS with localhost:" + std::to_string(listener.port()) + ": "));
}

KUBERAY_CO_TEST(dial, connects_to_a_unix_socket)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::string const path = std::filesystem::temp_directory_path() / ("kuberay-dial-" + std::to_string(::getpid()));
    std::filesystem::remove(path);
    asio::local::stream_protocol::endpoint const endpoint(path);
    asio::local::stream_protocol::acceptor acceptor(executor, endpoint);
    byte_stream stream = co_await dial(executor, to("unix", path, 0));
    asio::local::stream_protocol::socket accepted = co_await acceptor.async_accept(asio::use_awaitable);
    byte_stream other = make_socket_stream(asio::generic::stream_protocol::socket(std::move(accepted)));
    co_await write_all(&other, "by path");
    std::string const said = co_await read_some(&stream);
    EXPECT_EQ(said, "by path");
    std::filesystem::remove(path);
    auto const gone = co_await as_result(dial(executor, to("unix", path, 0)));
    EXPECT_EQ(gone.error().code(), boost::system::errc::no_such_file_or_directory);
    EXPECT_THAT(gone.error().message(), HasSubstr(path));
    auto const too_long = co_await as_result(dial(executor, to("unix", "/" + std::string(200, 'x'), 0)));
    EXPECT_EQ(too_long.error().code(), errc::bad_config);
}

KUBERAY_CO_TEST(dial, names_the_server_that_refuses)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    closed_port const nobody(executor);
    auto const refused = co_await as_result(dial(executor, to("https", "127.0.0.1", nobody.port())));
    EXPECT_EQ(refused.error().code(), asio::error::connection_refused);
    EXPECT_EQ(
        refused.error().message(), "connecting to 127.0.0.1:" + std::to_string(nobody.port()) + ": Connection refused"
    );
}

KUBERAY_CO_TEST(dial, names_the_host_that_cannot_be_resolved)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::string const host(70, 'x');  // too long for a label: refused by every resolver without asking anybody
    auto const unknown = co_await as_result(dial(executor, to("https", host, 443)));
    EXPECT_TRUE(unknown.has_error());
    EXPECT_THAT(unknown.error().message(), HasSubstr("connecting to " + host + ":443: looking up the host name: "));
}

KUBERAY_CO_TEST(dial, gives_up_on_a_connection_that_hangs)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    black_hole const hole(executor);
    connect_options options = to("http", "127.0.0.1", hole.port());
    options.connect_timeout = short_limit;
    auto const hung = co_await as_result(dial(executor, options));
    EXPECT_EQ(hung.error().code(), errc::timed_out);
    EXPECT_THAT(hung.error().message(), HasSubstr("no answer within 50 ms"));
}

KUBERAY_CO_TEST(dial, gives_up_on_a_handshake_that_hangs)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    loopback_listener const listener(executor, say_nothing);
    connect_options options = to("https", "127.0.0.1", listener.port());
    options.tls.verify = false;
    options.handshake_timeout = short_limit;
    auto const hung = co_await as_result(dial(executor, options));
    EXPECT_EQ(hung.error().code(), errc::timed_out);
    EXPECT_THAT(hung.error().message(), HasSubstr("TLS with 127.0.0.1:"));
}

KUBERAY_CO_TEST(dial, reports_bad_material_without_connecting)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    closed_port const nobody(executor);
    connect_options options = to("https", "127.0.0.1", nobody.port());
    options.tls.ca_pem = "nonsense";
    auto const bad = co_await as_result(dial(executor, options));
    EXPECT_EQ(bad.error().code(), errc::bad_config);
    auto const socks = co_await as_result(dial(executor, to("socks5", "127.0.0.1", nobody.port())));
    EXPECT_EQ(socks.error().code(), errc::bad_config);
}

KUBERAY_CO_TEST(dial, ends_when_it_is_cancelled)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    black_hole const hole(executor);
    auto const ended =
        co_await as_result(with_timeout(short_limit, dial(executor, to("http", "127.0.0.1", hole.port()))));
    EXPECT_EQ(ended.error().code(), errc::timed_out);
}

TEST(interleave, alternates_families_and_keeps_their_order)
{
    auto const at = [](char const* address) { return tcp::endpoint(asio::ip::make_address(address), 1); };
    std::vector<tcp::endpoint> const mixed = {at("fd00::1"), at("fd00::2"), at("fd00::3"), at("10.0.0.1")};
    std::vector<tcp::endpoint> const expected = {at("fd00::1"), at("10.0.0.1"), at("fd00::2"), at("fd00::3")};
    EXPECT_EQ(interleave(mixed), expected);
    std::vector<tcp::endpoint> const v4_first = {at("10.0.0.1"), at("10.0.0.2"), at("fd00::1")};
    std::vector<tcp::endpoint> const v4_expected = {at("10.0.0.1"), at("fd00::1"), at("10.0.0.2")};
    EXPECT_EQ(interleave(v4_first), v4_expected);
    EXPECT_TRUE(interleave({}).empty());
}

KUBERAY_CO_TEST(race, goes_on_at_once_after_a_refusal)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    closed_port const nobody(executor);
    loopback_listener const listener(executor, say_nothing);
    std::vector<tcp::endpoint> endpoints(20, loopback(nobody.port()));
    endpoints.push_back(loopback(listener.port()));
    // Twenty delays would take five seconds.
    tcp::socket const socket = co_await with_timeout(std::chrono::seconds(3), race(executor, std::move(endpoints)));
    EXPECT_EQ(socket.remote_endpoint().port(), listener.port());
}

KUBERAY_CO_TEST(race, passes_an_address_that_hangs)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    black_hole const hole(executor);
    loopback_listener const listener(executor, say_nothing);
    std::vector<tcp::endpoint> endpoints;
    endpoints.push_back(loopback(hole.port()));
    endpoints.push_back(loopback(listener.port()));
    endpoints.push_back(loopback(hole.port()));
    tcp::socket const socket = co_await race(executor, std::move(endpoints));
    EXPECT_EQ(socket.remote_endpoint().port(), listener.port());
}

KUBERAY_CO_TEST(race, names_every_address_when_all_fail)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    closed_port const one(executor);
    closed_port const two(executor);
    std::vector<tcp::endpoint> endpoints;
    endpoints.push_back(loopback(one.port()));
    endpoints.push_back(loopback(two.port()));
    auto const lost = co_await as_result(race(executor, std::move(endpoints)));
    EXPECT_EQ(lost.error().code(), asio::error::connection_refused);
    EXPECT_THAT(
        lost.error().message(),
        HasSubstr("tried 127.0.0.1:" + std::to_string(one.port()) + ", 127.0.0.1:" + std::to_string(two.port()))
    );
}

}  // namespace
}  // namespace kuberay::net
