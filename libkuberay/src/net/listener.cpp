#include "net/listener.hpp"

#include "net/socket_stream.hpp"

#include <kuberay/net/endpoint.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kuberay::net {
namespace {

std::string authority_of(std::string const& address, std::uint16_t port)
{
    std::string const host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    return host + ":" + std::to_string(port);
}

void require(error_code code, std::string const& address, std::uint16_t port)
{
    if (code) throw failure(code, "listening on " + authority_of(address, port));
}

}  // namespace

struct tcp_listener::state {
    explicit state(asio::any_io_executor executor)
        : acceptor(std::move(executor))
    {
    }

    asio::ip::tcp::acceptor acceptor;
    std::uint16_t port = 0;
};

tcp_listener::tcp_listener(asio::any_io_executor executor, std::string const& address, std::uint16_t port)
    : state_(std::make_shared<state>(std::move(executor)))
{
    error_code code;
    asio::ip::address const ip = asio::ip::make_address(address, code);
    if (code) throw failure(errc::bad_input, "\"" + address + "\" is no IP address to listen on");
    asio::ip::tcp::endpoint const where(ip, port);
    auto& acceptor = state_->acceptor;
    acceptor.open(where.protocol(), code);
    require(code, address, port);
    acceptor.set_option(asio::socket_base::reuse_address(true), code);
    require(code, address, port);
    if (ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
    require(code, address, port);
    acceptor.bind(where, code);
    require(code, address, port);
    acceptor.listen(asio::socket_base::max_listen_connections, code);
    require(code, address, port);
    state_->port = acceptor.local_endpoint(code).port();
    require(code, address, port);
}

std::uint16_t tcp_listener::port() const noexcept { return state_->port; }

task<accepted_connection> tcp_listener::accept() { return accept_one(state_); }

task<accepted_connection> tcp_listener::accept_one(std::shared_ptr<state> on)
{
    asio::ip::tcp::socket socket(on->acceptor.get_executor());
    error_code code = asio::error::operation_aborted;
    if (on->acceptor.is_open())
        co_await on->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
    if (code) throw failure(code, "accepting a connection on port " + std::to_string(on->port));
    co_return make_accepted_stream(std::move(socket));
}

void tcp_listener::close() noexcept
{
    error_code nothing_to_do_about_it;
    state_->acceptor.close(nothing_to_do_about_it);
}

}  // namespace kuberay::net
