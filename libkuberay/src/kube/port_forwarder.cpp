#include "kube/forwarder_state.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::chrono::milliseconds pause_without_descriptors(100);

}  // namespace

forwarder::forwarder(client given, forward_resolver where, forward_options options)
    : on(std::move(given))
    , where(std::move(where))
    , options(std::move(options))
    , changed(on.get_executor())
    , tasks(on.get_executor())
{
}

void forwarder::stop() noexcept
{
    stopped = true;
    for (auto& port : ports)
        port.listener.close();
    for (auto at = connections.begin(); at != connections.end();) {
        auto* const one = *at++;  // it may remove itself
        one->abort();
    }
    if (tunnel) tunnel->close();
    tunnel.reset();
    changed.notify_all();
    tasks.cancel();
}

void forwarder::fail(error why)
{
    if (!failed) failed = std::move(why);
    stop();
}

void forwarder::tell(forward_event event) const
{
    if (options.on_event) options.on_event(event);
}

void forwarder::abort_carried() noexcept
{
    for (auto at = connections.begin(); at != connections.end();) {
        auto* const one = *at++;
        if (one->is_carried()) one->abort();
    }
}

task<void> accept_connections(shared_forwarder on, std::size_t port)
{
    net::tcp_listener listener = on->ports[port].listener;
    std::size_t const mapping = on->ports[port].mapping;
    while (!on->stopped) {
        task<net::accepted_connection> accepting = listener.accept();
        result<net::accepted_connection> accepted = co_await as_result(std::move(accepting));
        if (accepted.has_value()) {
            // After the accepting: other ports accept meanwhile.
            while (on->connections.size() >= on->options.max_connections)
                co_await on->changed.wait();
            auto const connection = std::make_shared<carried_connection>(on, std::move(*accepted));
            if (on->stopped)
                connection->abort();
            else
                carry(connection, mapping);
            continue;
        }
        error const why = accepted.error();
        if (on->stopped || is_cancellation(why)) co_return;
        // The client left before it was accepted, or there are no descriptors now: both pass.
        if (why.code() != asio::error::connection_aborted) co_await on->changed.wait_for(pause_without_descriptors);
    }
}

namespace {

/// Starts all tasks; completes when the last of them has ended.
void start_all(shared_forwarder const& on)
{
    on->tasks.on_empty([weak = std::weak_ptr(on)] {
        auto const self = weak.lock();
        if (self && self->stopped) self->waiting.finish(error_code(), 0);
    });
    // None of them ends before all are stopped, whatever its error looks like.
    auto const ended = [on](result<void> outcome) {
        if (outcome.has_error() && !on->stopped) on->fail(outcome.error());
    };
    on->tasks.start(keep_tunnel(on), ended);
    for (std::size_t i = 0; i < on->ports.size(); ++i)
        on->tasks.start(accept_connections(on, i), ended);
}

template <class Token>
auto async_wait_for_end(shared_forwarder on, Token&& token)
{
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto done, shared_forwarder self) {
            // Cancellation stops all, and the wait goes on until all have ended: nothing runs on behind the caller.
            self->waiting.start(
                self->on.get_executor(), net::byte_stream::handler(std::move(done)),
                [weak = std::weak_ptr(self)](std::uint64_t ticket) {
                    auto const stopping = weak.lock();
                    if (stopping && stopping->waiting.is_waiting(ticket)) stopping->stop();
                }
            );
            start_all(self);
        },
        token, std::move(on)
    );
}

void bind(forwarder& on)
{
    if (on.ports.empty()) on.ports = bind_ports(on.on.get_executor(), on.options.addresses, on.options.ports);
}

task<void> run_until_stopped(shared_forwarder on)
{
    if (std::exchange(on->running, true)) throw failure(errc::bad_input, "a port forwarder runs only once");
    if (on->stopped) co_return;
    bind(*on);
    error_code ignored;
    co_await async_wait_for_end(on, asio::redirect_error(asio::use_awaitable, ignored));
    if (on->failed) throw failure(*on->failed);
}

}  // namespace

struct port_forwarder::state {
    explicit state(shared_forwarder shared)
        : shared(std::move(shared))
    {
    }

    shared_forwarder shared;
};

port_forwarder::port_forwarder(client on, forward_resolver where, forward_options options)
    : state_(std::make_shared<state>(std::make_shared<forwarder>(std::move(on), std::move(where), std::move(options))))
{
}

std::vector<local_port> port_forwarder::listen()
{
    bind(*state_->shared);
    std::vector<local_port> where;
    for (auto const& port : state_->shared->ports)
        where.push_back(port.where);
    return where;
}

task<void> port_forwarder::run() { return run_until_stopped(state_->shared); }

void port_forwarder::stop() { state_->shared->stop(); }

std::size_t port_forwarder::connections() const noexcept
{
    std::size_t carried = 0;
    for (auto const* one : state_->shared->connections)
        if (one->is_carried()) ++carried;
    return carried;
}

}  // namespace kuberay::kube
