#include "net/socket_stream.hpp"
#include "support/co_test.hpp"
#include "support/loopback_listener.hpp"
#include "support/tls_pair.hpp"

#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <array>

namespace kuberay::net {
namespace {

using test::certificate_authority;
using test::make_tls_server;
using test::shake_hands;
using test::tls_pair;

struct open_pair {
    byte_stream client, server;
    bool resumed = false;
};

task<open_pair> open_tls(std::size_t capacity = 65536, std::string host = "localhost")
{
    static certificate_authority const authority;
    static auto const server = make_tls_server(test::loopback_identity(authority));
    tls_options options;
    options.ca_pem = authority.pem();
    tls_pair pair = co_await shake_hands(options, std::move(host), server, capacity);
    bool const resumed = pair.server.has_value() && pair.server->resumed;
    open_pair opened;
    opened.client = std::move(pair.client).value();
    opened.server = std::move(pair.server).value().stream;
    opened.resumed = resumed;
    co_return opened;
}

std::string numbered(std::size_t size)
{
    std::string text(size, '\0');
    std::generate(text.begin(), text.end(), [n = 0]() mutable { return static_cast<char>('a' + n++ % 23); });
    return text;
}

task<std::string> read_to_end(byte_stream* from)
{
    std::string all;
    for (;;) {
        std::string const piece = co_await read_some(from);
        if (piece.empty()) co_return all;
        all += piece;
    }
}

task<std::string> write_and_finish(byte_stream* to, std::string bytes)
{
    co_await write_all(to, std::move(bytes));
    co_await to->finish_writing();
    co_return "written";
}

task<std::string> read_without_end(byte_stream* from, std::size_t size)
{
    std::string all;
    while (all.size() < size)
        all += co_await read_some(from);
    co_return all;
}

task<void> exchange(byte_stream* client, byte_stream* server, std::size_t size)
{
    std::string const there = numbered(size);
    std::string const back = numbered(size / 2);
    std::vector<task<std::string>> ops;
    ops.push_back(write_and_finish(client, there));
    ops.push_back(write_and_finish(server, back));
    ops.push_back(read_to_end(client));
    ops.push_back(read_to_end(server));
    auto const ended = co_await run_all(std::move(ops));
    for (auto const& end : ended)
        EXPECT_TRUE(end.has_value()) << end.error().message();
    EXPECT_TRUE(ended[2].value() == back);
    EXPECT_TRUE(ended[3].value() == there);
}

KUBERAY_CO_TEST(tls_stream, carries_both_directions_at_once)
{
    constexpr std::array<std::size_t, 3> capacities = {100, 20000, 1000000};
    for (std::size_t const capacity : capacities) {
        std::size_t const size = capacity == 100 ? 200000 : 2000000;
        open_pair pair = co_await open_tls(capacity);
        co_await exchange(&pair.client, &pair.server, size);
    }
}

KUBERAY_CO_TEST(tls_stream, half_close_leaves_the_other_direction_open)
{
    open_pair pair = co_await open_tls();
    co_await pair.client.finish_writing();
    std::string const nothing = co_await read_some(&pair.server);
    EXPECT_EQ(nothing, "");
    co_await write_all(&pair.server, "still here");
    std::string const read = co_await read_some(&pair.client);
    EXPECT_EQ(read, "still here");
}

KUBERAY_CO_TEST(tls_stream, an_end_without_close_notify_is_no_end)
{
    open_pair pair = co_await open_tls();
    co_await write_all(&pair.server, "first");
    pair.server.close();
    std::string const read = co_await read_some(&pair.client);
    EXPECT_EQ(read, "first");
    auto const cut = co_await as_result(read_some(&pair.client));
    EXPECT_EQ(cut.error().code(), error_code(asio::ssl::error::stream_truncated));
    auto const again = co_await as_result(read_some(&pair.client));
    EXPECT_EQ(again.error().code(), error_code(asio::ssl::error::stream_truncated)) << "it stays the same";
}

KUBERAY_CO_TEST(tls_stream, close_ends_operations_under_way)
{
    open_pair pair = co_await open_tls();
    std::optional<error_code> ended;
    std::array<char, 8> bytes;
    pair.client.async_read_some(asio::buffer(bytes), [&](error_code code, std::size_t) { ended = code; });
    pair.client.close();
    auto const write = co_await as_result(write_all(&pair.client, "x"));
    EXPECT_TRUE(is_cancellation(write.error()));
    EXPECT_EQ(ended, error_code(asio::error::operation_aborted));
}

KUBERAY_CO_TEST(tls_stream, a_cancelled_read_loses_nothing)
{
    open_pair pair = co_await open_tls();
    auto const ended = co_await as_result(with_timeout(std::chrono::milliseconds(5), read_some(&pair.client)));
    EXPECT_EQ(ended.error().code(), errc::timed_out);
    co_await write_all(&pair.server, "late");
    std::string const read = co_await read_some(&pair.client);
    EXPECT_EQ(read, "late");
}

KUBERAY_CO_TEST(tls_stream, a_write_into_a_full_wire_waits_and_can_be_cancelled)
{
    open_pair pair = co_await open_tls(1000);
    auto const ended =
        co_await as_result(with_timeout(std::chrono::milliseconds(20), write_all(&pair.client, numbered(5000))));
    EXPECT_EQ(ended.error().code(), errc::timed_out);
}

KUBERAY_CO_TEST(tls_stream, gathers_buffers_in_order)
{
    open_pair pair = co_await open_tls();
    std::string const big = numbered(100000);
    std::array<asio::const_buffer, 3> const pieces = {
        asio::buffer("head ", 5), asio::buffer("body ", 5), asio::buffer(big)
    };
    std::size_t written = 0;
    pair.client.async_write_some(pieces, [&](error_code, std::size_t size) { written = size; });
    std::string const read = co_await read_without_end(&pair.server, 65536);
    EXPECT_EQ(read, "head body " + big.substr(0, 65526));
    co_await sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(written, 65536u);
}

KUBERAY_CO_TEST(tls_stream, runs_inside_tls)
{
    // As through an https proxy: a handshake over a stream that is itself TLS.
    certificate_authority const authority;
    open_pair outer = co_await open_tls();
    tls_options options;
    options.ca_pem = authority.pem();
    tls_pair inner;
    std::vector<task<void>> ends;
    ends.push_back(test::run_tls_client(std::move(outer.client), options, "127.0.0.1", &inner));
    ends.push_back(
        test::run_tls_server(std::move(outer.server), make_tls_server(test::loopback_identity(authority)), &inner)
    );
    co_await run_all(std::move(ends));
    byte_stream client = std::move(inner.client).value();
    co_await exchange(&client, &inner.server->stream, 300000);
}

KUBERAY_CO_TEST(tls_stream, resumes_the_session_of_the_same_host)
{
    open_pair first = co_await open_tls(65536, "localhost");
    EXPECT_FALSE(first.resumed);
    co_await write_all(&first.server, "x");
    co_await read_some(&first.client);  // the ticket comes before it
    open_pair other = co_await open_tls(65536, "127.0.0.1");
    EXPECT_FALSE(other.resumed);
    open_pair second = co_await open_tls(65536, "localhost");
    EXPECT_TRUE(second.resumed);
    co_await exchange(&second.client, &second.server, 1000);
}

KUBERAY_CO_TEST(tls_stream, tells_of_a_missing_client_certificate)
{
    certificate_authority const authority;
    test::identity const own = test::loopback_identity(authority);
    tls_server_options of_server;
    of_server.certificate_pem = own.certificate_pem;
    of_server.key_pem = own.key_pem;
    of_server.client_ca_pem = authority.pem();
    of_server.require_client_certificate = true;
    tls_options options;
    options.ca_pem = authority.pem();
    tls_pair pair = co_await shake_hands(options, "localhost", std::make_shared<tls_server>(of_server));
    EXPECT_EQ(pair.server.error().code(), errc::tls_rejected);
    // In TLS 1.3 the client has finished before the server judges.
    byte_stream client = std::move(pair.client).value();
    auto const read = co_await as_result(read_some(&client));
    EXPECT_NE(read.error().message().find("certificate required"), std::string::npos) << read.error().message();
}

task<void> serve_echo(byte_stream stream)
{
    std::string all = co_await read_to_end(&stream);
    co_await write_and_finish(&stream, std::move(all));
}

KUBERAY_CO_TEST(socket_stream, half_closes_and_ends)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    test::loopback_listener const listener(executor, serve_echo);
    asio::ip::tcp::socket socket(executor);
    asio::ip::tcp::endpoint const endpoint(asio::ip::address_v4::loopback(), listener.port());
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    byte_stream stream = make_tcp_stream(std::move(socket));
    std::string const sent = numbered(500000);
    co_await write_and_finish(&stream, sent);
    std::string const read = co_await read_to_end(&stream);
    EXPECT_TRUE(read == sent);
    stream.close();
    auto const after = co_await as_result(read_some(&stream));
    EXPECT_TRUE(is_cancellation(after.error()));
    auto const finish = co_await as_result(stream.finish_writing());
    EXPECT_TRUE(finish.has_error());
}

}  // namespace
}  // namespace kuberay::net
