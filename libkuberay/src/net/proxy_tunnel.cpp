#include "net/proxy_tunnel.hpp"

#include "net/proxy_codec.hpp"

namespace kuberay::net {
namespace {

error ended() { return error(errc::proxy_refused, "it closed the connection without an answer"); }

error explain(connect_answer const& answer)
{
    std::string said = "it answered " + std::to_string(answer.status);
    if (!answer.reason.empty()) said += ' ' + answer.reason;
    error const refused(errc::proxy_refused, std::move(said));
    return answer.status == 407
               ? refused.with_hint("Give its user name and password: proxy-url http://user:password@host:port")
               : refused;
}

task<void> ask_http(byte_stream* through, std::string target, std::string user_info)
{
    std::string request = connect_request(target, user_info);
    co_await write_all(through, std::move(request));
    std::string head;
    for (;;) {
        std::string const piece = co_await read_some(through, 4096);
        if (piece.empty()) throw failure(ended());
        head += piece;
        std::optional<connect_answer> const answer = parse_connect_answer(head).value();
        if (!answer) continue;
        if (answer->status < 200) {  // an interim answer; the final one follows
            head.erase(0, answer->size);
            continue;
        }
        if (answer->status >= 300) throw failure(explain(*answer));
        // Whoever uses a tunnel speaks first, so nothing can have come through it.
        if (head.size() > answer->size)
            throw failure(errc::proxy_refused, "it sent more than an answer before the tunnel was used");
        co_return;
    }
}

task<std::string> read_exactly(byte_stream* from, std::size_t size)
{
    std::string bytes;
    while (bytes.size() < size) {
        std::size_t const missing = size - bytes.size();
        std::string const piece = co_await read_some(from, missing);
        if (piece.empty()) throw failure(ended());
        bytes += piece;
    }
    co_return bytes;
}

task<void> ask_socks(byte_stream* through, url target, std::string user_info)
{
    std::string greeting = socks5::greeting(!user_info.empty());
    co_await write_all(through, std::move(greeting));
    std::string const choice = co_await read_exactly(through, 2);
    if (socks5::parse_choice(choice).value() == socks5::method::password) {
        std::string request = socks5::password_request(user_info).value();
        co_await write_all(through, std::move(request));
        std::string const answer = co_await read_exactly(through, 2);
        socks5::parse_password_answer(answer).value();
    }
    std::string request = socks5::connect_request(target.host, target.port).value();
    co_await write_all(through, std::move(request));
    std::string const start = co_await read_exactly(through, socks5::answer_start_size);
    std::size_t const rest = socks5::parse_answer_start(start).value();
    co_await read_exactly(through, rest);
}

}  // namespace

task<byte_stream> open_tunnel(byte_stream through, url proxy, url target)
{
    if (proxy.scheme.starts_with("socks"))
        co_await ask_socks(&through, std::move(target), std::move(proxy.user_info));
    else
        co_await ask_http(&through, target.authority(), std::move(proxy.user_info));
    co_return std::move(through);
}

}  // namespace kuberay::net
