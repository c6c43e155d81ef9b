#include "kube/tunnel_link.hpp"

#include <kuberay/kube/port_forward.hpp>

#include <utility>

namespace kuberay::kube {

struct pod_tunnel::state {
    state(client on, std::string path, std::string pod, liveness alive, std::shared_ptr<tunnel_link> link)
        : on(std::move(on))
        , path(std::move(path))
        , pod(std::move(pod))
        , alive(alive)
        , link(std::move(link))
    {
    }

    /// The channels work as far as is known; else the first refusal leads to SPDY.
    bool may_change() const noexcept { return link->protocol() == tunnel_protocol::websocket_v4 && !proven; }

    static task<pod_tunnel> opened(client on, std::string ns, std::string pod, liveness alive);
    static task<net::byte_stream> connected(std::shared_ptr<state> self, std::uint16_t port, error_sink on_error);
    static task<error> waited(std::shared_ptr<state> self);
    void replace_link(std::shared_ptr<tunnel_link> by);

    client on;
    std::string path, pod;
    liveness alive;
    std::shared_ptr<tunnel_link> link;
    bool proven = false;
};

task<pod_tunnel> pod_tunnel::state::opened(client on, std::string ns, std::string pod, liveness alive)
{
    if (ns.empty()) ns = on.default_ns();
    std::string const path = port_forward_path(ns, pod);
    std::shared_ptr<tunnel_link> const link = co_await open_link(on, ns, pod, alive);
    co_return pod_tunnel(std::make_shared<state>(on, path, pod, alive, link));
}

// Who waits for the end of the old link finds the new one then.
void pod_tunnel::state::replace_link(std::shared_ptr<tunnel_link> by)
{
    std::shared_ptr<tunnel_link> const old = std::exchange(link, std::move(by));
    old->close();
}

task<error> pod_tunnel::state::waited(std::shared_ptr<state> self)
{
    for (;;) {
        std::shared_ptr<tunnel_link> const link = self->link;
        task<error> waiting = link->ended();
        error why = co_await std::move(waiting);
        if (link == self->link) co_return why;
    }
}

task<net::byte_stream>
pod_tunnel::state::connected(std::shared_ptr<state> self, std::uint16_t port, error_sink on_error)
{
    std::shared_ptr<tunnel_link> const link = self->link;
    task<net::byte_stream> connecting = link->connect(port, on_error);
    result<net::byte_stream> made = co_await as_result(std::move(connecting));
    if (made.has_value()) {
        self->proven = true;
        co_return std::move(*made);
    }
    error const refusal = made.error();
    if (is_cancellation(refusal)) throw failure(refusal);
    // Several connections may come to this at the same time; the first one decides.
    if (link == self->link) {
        if (!link->is_open() || !self->may_change() || protocol_after(refusal, self->pod) == next_protocol::none)
            throw failure(refusal);
        task<std::shared_ptr<tunnel_link>> posting = open_spdy_link(self->on, self->path, self->pod, self->alive);
        result<std::shared_ptr<tunnel_link>> const posted = co_await as_result(std::move(posting));
        if (posted.has_error() && is_cancellation(posted.error())) throw failure(posted.error());
        bool const is_mine = link == self->link;
        if (is_mine && posted.has_error()) throw failure(refusal);
        if (is_mine && link->is_open() && self->may_change()) self->replace_link(*posted);
    }
    std::shared_ptr<tunnel_link> const chosen = self->link;
    co_return co_await chosen->connect(port, on_error);
}

pod_tunnel::pod_tunnel(std::shared_ptr<state> state)
    : state_(std::move(state))
{
}

task<pod_tunnel> pod_tunnel::open(client on, std::string ns, std::string pod, liveness alive)
{
    return state::opened(std::move(on), std::move(ns), std::move(pod), alive);
}

task<net::byte_stream> pod_tunnel::connect(std::uint16_t port, error_sink on_error) const
{
    return state::connected(state_, port, std::move(on_error));
}

std::optional<opening_stream> pod_tunnel::begin(std::uint16_t port, error_sink on_error) const
{
    return state_->link->begin(port, std::move(on_error));
}

task<error> pod_tunnel::ended() const { return state::waited(state_); }

bool pod_tunnel::is_open() const noexcept { return state_->link->is_open(); }
bool pod_tunnel::is_stalled() const noexcept { return state_->link->is_stalled(); }
tunnel_protocol pod_tunnel::protocol() const noexcept { return state_->link->protocol(); }
std::string const& pod_tunnel::pod() const noexcept { return state_->pod; }
std::size_t pod_tunnel::connections() const noexcept { return state_->link->connections(); }
void pod_tunnel::close() noexcept { state_->link->close(); }

namespace {

task<net::byte_stream> dial_once(client on, std::string ns, std::string pod, std::uint16_t port)
{
    pod_tunnel const tunnel = co_await pod_tunnel::open(on, ns, pod);
    pod_tunnel::error_sink const untold;
    co_return co_await tunnel.connect(port, untold);
}

task<net::byte_stream> dial_resolved(client on, std::string ns, std::string service, std::uint16_t port)
{
    pod_port const where = co_await resolve_service_port(on, ns, service, port);
    co_return co_await dial_once(on, where.ns, where.pod, where.port);
}

}  // namespace

task<net::byte_stream> dial_pod(client on, std::string ns, std::string pod, std::uint16_t port)
{
    return dial_once(std::move(on), std::move(ns), std::move(pod), port);
}

task<net::byte_stream> dial_service(client on, std::string ns, std::string service, std::uint16_t port)
{
    return dial_resolved(std::move(on), std::move(ns), std::move(service), port);
}

}  // namespace kuberay::kube
