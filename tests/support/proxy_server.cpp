#include "support/proxy_server.hpp"

#include "net/connect.hpp"

#include <kuberay/base/base64.hpp>

namespace kuberay::test {
namespace {

using net::byte_stream;

struct target {
    target() = default;
    std::string host;
    std::uint16_t port = 0;
};

task<void> copy(byte_stream* from, byte_stream* to)
{
    for (;;) {
        std::string bytes = co_await net::read_some(from);
        if (bytes.empty()) break;
        co_await net::write_all(to, std::move(bytes));
    }
    co_await to->finish_writing();
}

task<void> copy_or_close(byte_stream* from, byte_stream* to)
{
    result<void> const ended = co_await as_result(copy(from, to));
    if (ended.has_error()) to->close();
}

task<void> join(byte_stream client, byte_stream server)
{
    std::vector<task<void>> directions;
    directions.push_back(copy_or_close(&client, &server));
    directions.push_back(copy_or_close(&server, &client));
    co_await run_all(std::move(directions));
}

task<byte_stream> reach(asio::any_io_executor executor, target wanted, proxy_options options)
{
    if (options.forward_to) return net::connect_tcp(executor, "127.0.0.1", *options.forward_to);
    return net::connect_tcp(executor, wanted.host, wanted.port);
}

target parse_target(std::string const& text)
{
    target parsed;
    auto const colon = text.rfind(':');
    parsed.host = text.substr(0, colon);
    if (parsed.host.starts_with('[')) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    parsed.port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
    return parsed;
}

std::string field(std::string const& head, std::string const& name)
{
    auto const at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return std::string();
    auto const from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
}

task<void> serve_connect(byte_stream client, proxy_options options, std::shared_ptr<proxy_journal> journal)
{
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        std::string const piece = co_await net::read_some(&client);
        if (piece.empty()) co_return;
        head += piece;
        journal->first_bytes = head;
    }
    std::string const wanted = head.substr(8, head.find(' ', 8) - 8);
    journal->targets.push_back(wanted);
    std::string const basic = field(head, "Proxy-Authorization");
    if (basic.starts_with("Basic ")) journal->credentials.push_back(base64_decode(basic.substr(6)).value());
    bool const is_known = journal->credentials.empty() ? false : journal->credentials.back() == options.user_info;
    if (!options.user_info.empty() && !is_known)
        options.refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";
    if (!options.refusal.empty()) {
        co_await net::write_all(&client, options.refusal);
        co_return;
    }
    byte_stream server = co_await reach(client.get_executor(), parse_target(wanted), options);
    co_await net::write_all(&client, "HTTP/1.1 200 Connection established\r\n\r\n");
    co_await join(std::move(client), std::move(server));
}

task<std::string> take(byte_stream* from, std::size_t size)
{
    std::string bytes;
    while (bytes.size() < size) {
        std::size_t const missing = size - bytes.size();
        std::string const piece = co_await net::read_some(from, missing);
        if (piece.empty()) throw failure(errc::connection_lost, "the client of the proxy left");
        bytes += piece;
    }
    co_return bytes;
}

std::size_t number_at(std::string const& bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

task<bool> check_password(byte_stream* client, std::string user_info, std::shared_ptr<proxy_journal> journal)
{
    std::string const user_start = co_await take(client, 2);
    std::size_t const user_size = number_at(user_start, 1);
    std::string const user = co_await take(client, user_size + 1);
    std::size_t const password_size = number_at(user, user_size);
    std::string const password = co_await take(client, password_size);
    journal->credentials.push_back(user.substr(0, user_size) + ':' + password);
    bool const is_known = journal->credentials.back() == user_info;
    std::string answer(is_known ? "\x01\x00" : "\x01\x01", 2);
    co_await net::write_all(client, std::move(answer));
    co_return is_known;
}

task<target> read_socks_target(byte_stream* client)
{
    std::string const start = co_await take(client, 5);
    std::size_t const kind = number_at(start, 3);
    std::size_t const size = kind == 1 ? 4 : kind == 4 ? 16 : number_at(start, 4) + 1;
    std::string const rest = co_await take(client, size + 1);
    target wanted;
    if (kind == 3)
        wanted.host = rest.substr(0, size - 1);
    else
        wanted.host = kind == 1 ? "(v4)" : "(v6)";
    wanted.port = static_cast<std::uint16_t>(number_at(rest, size - 1) * 256 + number_at(rest, size));
    if (kind == 1) {
        std::string const address = start.substr(4, 1) + rest.substr(0, 3);
        wanted.host.clear();
        for (std::size_t i = 0; i < 4; ++i)
            wanted.host += (i == 0 ? "" : ".") + std::to_string(number_at(address, i));
    }
    co_return wanted;
}

task<void> serve_socks(byte_stream client, proxy_options options, std::shared_ptr<proxy_journal> journal)
{
    std::string const start = co_await take(&client, 2);
    std::size_t const count = number_at(start, 1);
    std::string const methods = co_await take(&client, count);
    journal->first_bytes = start + methods;
    bool const with_password = !options.user_info.empty();
    bool const is_offered = methods.find(with_password ? '\x02' : '\x00') != std::string::npos;
    std::string choice(is_offered ? (with_password ? "\x05\x02" : "\x05\x00") : "\x05\xff", 2);
    co_await net::write_all(&client, std::move(choice));
    if (!is_offered) co_return;
    if (with_password) {
        bool const is_known = co_await check_password(&client, options.user_info, journal);
        if (!is_known) co_return;
    }
    target const wanted = co_await read_socks_target(&client);
    journal->targets.push_back(wanted.host + ':' + std::to_string(wanted.port));
    if (!options.refusal.empty()) {
        co_await net::write_all(&client, options.refusal);
        co_return;
    }
    byte_stream server = co_await reach(client.get_executor(), wanted, options);
    std::string answer("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10);
    co_await net::write_all(&client, std::move(answer));
    co_await join(std::move(client), std::move(server));
}

task<void> serve(byte_stream client, proxy_options options, std::shared_ptr<proxy_journal> journal)
{
    if (options.tls) {
        net::accepted_tls accepted = co_await net::accept_tls(std::move(client), options.tls);
        client = std::move(accepted.stream);
    }
    if (options.kind == proxy_kind::connect)
        co_await serve_connect(std::move(client), std::move(options), std::move(journal));
    else
        co_await serve_socks(std::move(client), std::move(options), std::move(journal));
}

}  // namespace

proxy_server::proxy_server(asio::any_io_executor executor, proxy_options options)
    : journal_(std::make_shared<proxy_journal>())
    , listener_(std::move(executor), [options = std::move(options), journal = journal_](byte_stream client) {
        return serve(std::move(client), options, journal);
    })
{
}

}  // namespace kuberay::test
