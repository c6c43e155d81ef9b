#pragma once

#include "net/socket_stream.hpp"

#include <kuberay/base/async_run.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace kuberay::test {

/// Accepts TCP connections on a free port of 127.0.0.1 and serves each with a task; what a task throws is dropped (its
/// peer left). Destroying it stops accepting; connections go on until their tasks end.
class loopback_listener {
public:
    using server = std::function<task<void>(net::byte_stream)>;

    loopback_listener(asio::any_io_executor executor, server serve)
        : state_(std::make_shared<state>(executor, std::move(serve)))
    {
        async_run(executor, accept(state_), [](result<void>) {});
    }

    loopback_listener(loopback_listener&&) = default;
    loopback_listener& operator=(loopback_listener&&) = delete;

    ~loopback_listener()
    {
        if (state_) state_->acceptor.close();
    }

    std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }

private:
    struct state {
        state(asio::any_io_executor executor, server serve)
            : acceptor(executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0))
            , serve(std::move(serve))
        {
        }

        asio::ip::tcp::acceptor acceptor;
        server serve;
    };

    static task<void> accept(std::shared_ptr<state> on)
    {
        for (;;) {
            asio::ip::tcp::socket socket(on->acceptor.get_executor());
            error_code code;
            co_await on->acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, code));
            if (code) co_return;
            task<void> serving = on->serve(net::make_tcp_stream(std::move(socket)));
            async_run(on->acceptor.get_executor(), std::move(serving), [](result<void>) {});
        }
    }

    std::shared_ptr<state> state_;
};

}  // namespace kuberay::test
