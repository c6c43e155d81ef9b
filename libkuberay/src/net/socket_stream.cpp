#include "net/socket_stream.hpp"

#include "net/pending_operation.hpp"
#include "net/watched_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>

namespace kuberay::net {
namespace {

class socket_stream final : public byte_stream::implementation {
public:
    explicit socket_stream(asio::generic::stream_protocol::socket socket)
        : socket_(std::move(socket))
    {
    }

    byte_stream::executor_type get_executor() noexcept override { return socket_.get_executor(); }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        if (!socket_.is_open()) return complete(get_executor(), std::move(done), asio::error::operation_aborted, 0);
        socket_.async_read_some(into, std::move(done));
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        if (!socket_.is_open()) return complete(get_executor(), std::move(done), asio::error::operation_aborted, 0);
        if (from.size() == 1) return socket_.async_write_some(from.front(), std::move(done));
        std::array<asio::const_buffer, 8> pieces;
        std::copy_n(from.begin(), std::min(from.size(), pieces.size()), pieces.begin());
        socket_.async_write_some(pieces, std::move(done));
    }

    void finish_writing(byte_stream::handler done) override
    {
        error_code code = asio::error::operation_aborted;
        if (socket_.is_open()) socket_.shutdown(asio::socket_base::shutdown_send, code);
        complete(get_executor(), std::move(done), code, 0);
    }

    void close() noexcept override
    {
        error_code nothing_to_do_about_it;
        socket_.close(nothing_to_do_about_it);
    }

    /// With RST, whatever was still to be sent.
    void reset() noexcept
    {
        error_code ignored;
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
        socket_.close(ignored);
    }

private:
    asio::generic::stream_protocol::socket socket_;
};

template <int Level, int Name>
using int_option = asio::detail::socket_option::integer<Level, Name>;

}  // namespace

byte_stream make_socket_stream(asio::generic::stream_protocol::socket socket)
{
    return byte_stream(std::make_unique<socket_stream>(std::move(socket)));
}

byte_stream make_tcp_stream(asio::ip::tcp::socket socket, stalled_peer when_stalled)
{
    // A socket that takes no options still carries bytes; the peer may also be gone already.
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
#ifdef __linux__
    socket.set_option(int_option<IPPROTO_TCP, TCP_KEEPIDLE>(30), ignored);
    socket.set_option(int_option<IPPROTO_TCP, TCP_KEEPINTVL>(10), ignored);
    socket.set_option(int_option<IPPROTO_TCP, TCP_KEEPCNT>(3), ignored);
    // It also ends a healthy connection whose peer leaves the bytes unread: the kernel does not tell the two apart.
    if (when_stalled == stalled_peer::is_lost)
        socket.set_option(int_option<IPPROTO_TCP, TCP_USER_TIMEOUT>(60000), ignored);
#endif
    if (when_stalled == stalled_peer::is_patient) return make_watched_stream(std::move(socket));
    return make_socket_stream(asio::generic::stream_protocol::socket(std::move(socket)));
}

accepted_connection make_accepted_stream(asio::ip::tcp::socket socket)
{
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    auto stream = std::make_unique<socket_stream>(asio::generic::stream_protocol::socket(std::move(socket)));
    accepted_connection accepted;
    accepted.reset = [raw = stream.get()] { raw->reset(); };
    accepted.stream = byte_stream(std::move(stream));
    return accepted;
}

}  // namespace kuberay::net
