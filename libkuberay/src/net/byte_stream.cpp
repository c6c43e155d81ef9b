#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <string>

namespace kuberay::net {
namespace {

template <class Token>
auto async_finish(byte_stream::implementation* stream, Token&& token)
{
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto done, byte_stream::implementation* on) { on->finish_writing(byte_stream::handler(std::move(done))); },
        token, stream
    );
}

task<void> finish(byte_stream::implementation* stream)
{
    error_code code;
    co_await async_finish(stream, asio::redirect_error(asio::use_awaitable, code));
    if (code) throw failure(code, "ending the outgoing half of the connection");
}

}  // namespace

task<void> byte_stream::finish_writing() { return finish(implementation_.get()); }

task<std::string> read_some(byte_stream* from, std::size_t limit)
{
    std::string bytes(limit, '\0');
    asio::mutable_buffer const into = asio::buffer(bytes);
    error_code code;
    std::size_t const size = co_await from->async_read_some(into, asio::redirect_error(asio::use_awaitable, code));
    if (code && code != asio::error::eof) throw failure(code, "reading from the connection");
    bytes.resize(size);
    co_return bytes;
}

task<void> write_all(byte_stream* to, std::string bytes)
{
    asio::const_buffer rest = asio::buffer(bytes);
    while (rest.size() > 0) {
        error_code code;
        rest += co_await to->async_write_some(rest, asio::redirect_error(asio::use_awaitable, code));
        if (code) throw failure(code, "writing to the connection");
    }
}

}  // namespace kuberay::net
