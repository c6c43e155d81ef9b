#include "net/http_client.hpp"
#include "support/co_test.hpp"
#include "support/script.hpp"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

using test::script;
using test::scripted_server;

std::shared_ptr<transport> client_of(scripted_server const& server, asio::any_io_executor executor)
{
    pool_options connections;
    connections.dial = server.dialer();
    return make_http_client_over(std::move(executor), "server", std::move(connections), http_client_options());
}

struct pieces {
    std::vector<std::string> left;
    bool fails = false;
    bool hangs = false;
};

task<std::string> next_piece(std::shared_ptr<pieces> from)
{
    if (from->left.empty() && from->fails) throw failure(errc::bad_document, "reading the file");
    if (from->left.empty() && from->hangs) co_await sleep_for(std::chrono::hours(1));
    if (from->left.empty()) co_return std::string();
    std::string piece = from->left.front();
    from->left.erase(from->left.begin());
    co_return piece;
}

http_request upload_of(std::shared_ptr<pieces> from)
{
    http_request request("PUT", "/x");
    body_source source;
    source.next = [from] { return next_piece(from); };
    request.source = std::move(source);
    return request;
}

std::shared_ptr<pieces> some_pieces()
{
    auto from = std::make_shared<pieces>();
    from->left = {"first", "second one"};
    return from;
}

constexpr char const* chunked_upload = "PUT /x HTTP/1.1\r\nHost: server\r\nAccept-Encoding: gzip\r\n"
                                       "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\na\r\nsecond one\r\n";
constexpr char const* ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

task<std::string> fetch(std::shared_ptr<transport> client, http_request request)
{
    http_response response = co_await client->send(std::move(request));
    std::string body = co_await response.read_all();
    co_return std::to_string(response.status()) + " " + body;
}

KUBERAY_CO_TEST(http_upload, sends_a_source_in_chunks_and_keeps_the_connection)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    std::string const whole = std::string(chunked_upload) + "0\r\n\r\n";
    server.add(script().expect_write(whole).reply(ok_answer).expect_write(whole).reply(ok_answer));
    auto const client = client_of(server, executor);
    for (int i = 0; i < 2; ++i) {
        std::string const answer = co_await fetch(client, upload_of(some_pieces()));
        EXPECT_EQ(answer, "200 ok");
    }
    EXPECT_EQ(server.dialled(), 1u);
}

KUBERAY_CO_TEST(http_upload, sends_a_source_of_known_length_as_it_is)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write_to("Content-Length: 15\r\n\r\nfirstsecond one").reply(ok_answer));
    auto const client = client_of(server, executor);
    http_request request = upload_of(some_pieces());
    request.source->length = 15;
    std::string const answer = co_await fetch(client, std::move(request));
    EXPECT_EQ(answer, "200 ok");
}

KUBERAY_CO_TEST(http_upload, a_source_of_another_length_than_announced_is_refused)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<std::uint64_t> const lengths{3, 8, 20};
    for (std::uint64_t const length : lengths) {
        scripted_server server(executor);
        server.add(script().expect_write_to("never"));
        auto const client = client_of(server, executor);
        http_request request = upload_of(some_pieces());
        request.source->length = length;
        auto const outcome = co_await as_result(fetch(client, std::move(request)));
        EXPECT_EQ(outcome.error().code(), errc::bad_input) << length;
    }
}

KUBERAY_CO_TEST(http_upload, an_early_answer_ends_the_sending)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(chunked_upload).reply("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
    auto const client = client_of(server, executor);
    auto const endless = some_pieces();
    endless->hangs = true;
    std::string const answer = co_await fetch(client, upload_of(endless));
    EXPECT_EQ(answer, "413 no");
}

KUBERAY_CO_TEST(http_upload, an_early_answer_to_a_large_body_ends_the_sending)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor, 1000);
    server.add(script().expect_write_to("\r\n\r\n").reply("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
    auto const client = client_of(server, executor);
    http_request request("POST", "/x");
    request.body = std::string(1u << 20, 'b');
    std::string const answer = co_await fetch(client, std::move(request));
    EXPECT_EQ(answer, "413 no");
}

KUBERAY_CO_TEST(http_upload, an_answer_before_the_connection_is_lost_counts)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor, 1000);
    server.add(
        script().expect_write_to("\r\n\r\n").reply("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").lose()
    );
    auto const client = client_of(server, executor);
    http_request request("POST", "/x");
    request.body = std::string(30000, 'b');
    std::string const answer = co_await fetch(client, std::move(request));
    EXPECT_EQ(answer, "403 no");
}

KUBERAY_CO_TEST(http_upload, the_error_of_a_source_is_the_error_of_the_request)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(chunked_upload).expect_write_to("never"));
    auto const client = client_of(server, executor);
    auto const broken = some_pieces();
    broken->fails = true;
    auto const outcome = co_await as_result(fetch(client, upload_of(broken)));
    EXPECT_EQ(outcome.error().code(), errc::bad_document);
}

KUBERAY_CO_TEST(http_upload, a_started_source_is_never_sent_again)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    std::string const whole = std::string(chunked_upload) + "0\r\n\r\n";
    server.add(script().expect_write(whole).reply(ok_answer).expect_write_to("first").lose());
    server.add(script().expect_write(whole).reply(ok_answer));
    auto const client = client_of(server, executor);
    std::string const warm = co_await fetch(client, upload_of(some_pieces()));
    EXPECT_EQ(warm, "200 ok");
    auto const outcome = co_await as_result(fetch(client, upload_of(some_pieces())));
    EXPECT_EQ(outcome.error().code(), errc::connection_lost);
    EXPECT_EQ(server.dialled(), 1u);
}

KUBERAY_CO_TEST(http_upload, cancelling_ends_the_source_first)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write(chunked_upload).expect_write_to("never"));
    auto const client = client_of(server, executor);
    auto const endless = some_pieces();
    endless->hangs = true;
    task<std::string> bounded = with_timeout(std::chrono::milliseconds(20), fetch(client, upload_of(endless)));
    auto const outcome = co_await as_result(std::move(bounded));
    EXPECT_EQ(outcome.error().code(), errc::timed_out);
    EXPECT_EQ(endless.use_count(), 1);
}

KUBERAY_CO_TEST(http_upgrade, gives_the_bytes_behind_the_head_first)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script()
                   .expect_write("GET /exec HTTP/1.1\r\nHost: server\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
                   .reply("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly")
                   .expect_write("question")
                   .reply(" answer"));
    auto const client = client_of(server, executor);
    http_request request("GET", "/exec");
    request.fields.add("Upgrade", "echo");
    upgrade_result upgraded = co_await client->upgrade(std::move(request));
    EXPECT_EQ(upgraded.response.status(), 101);
    std::string const early = co_await read_some(&upgraded.stream, 3);
    std::string const rest = co_await read_some(&upgraded.stream, 3);
    EXPECT_EQ(early + rest, "early");
    co_await write_all(&upgraded.stream, "question");
    std::string const answer = co_await read_some(&upgraded.stream);
    EXPECT_EQ(answer, " answer");
}

KUBERAY_CO_TEST(http_upgrade, a_refusal_comes_with_its_body)
{
    auto const executor = co_await asio::this_coro::executor;
    scripted_server server(executor);
    server.add(script().expect_write_to("\r\n\r\n").reply("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnope"));
    auto const client = client_of(server, executor);
    http_request request("GET", "/exec");
    request.fields.add("Upgrade", "echo");
    upgrade_result refused = co_await client->upgrade(std::move(request));
    EXPECT_FALSE(static_cast<bool>(refused.stream));
    std::string const body = co_await refused.response.read_all();
    EXPECT_EQ(body, "nope");
}

}  // namespace
}  // namespace kuberay::net
