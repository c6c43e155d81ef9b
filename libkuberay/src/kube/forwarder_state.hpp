#pragma once

#include "kube/port_binding.hpp"
#include "net/pending_operation.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/kube/port_forwarder.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace kuberay::kube {

struct forwarder;
using shared_forwarder = std::shared_ptr<forwarder>;

/// One accepted connection and its other end in the pod.
struct carried_connection {
    carried_connection(shared_forwarder owner, net::accepted_connection local);
    carried_connection(carried_connection const&) = delete;
    carried_connection& operator=(carried_connection const&) = delete;
    ~carried_connection();

    /// Ends it so that the local program sees a failure.
    void abort() noexcept;
    /// Ends it so that the local program sees what came as complete: the end of a connection whose directions have ended.
    void finish() noexcept;

    shared_forwarder owner;
    net::accepted_connection local;
    /// The pod may know of it: what happens to its tunnel happens to it.
    bool is_carried() const noexcept { return open || sent; }

    net::byte_stream remote;  ///< absent while it waits for a tunnel
    bool may_send = false;    ///< bytes may be written to `remote` before the other side has taken the connection
    bool sent = false;        ///< some were
    bool open = false;        ///< the other side has taken it
    bool half_closes = true;  ///< the pod hears when the local program has sent all
    std::uint64_t carried = 0;
    bool asked = false, answered = false;  ///< no more goes into, comes out of the pod
    bool said_all = false;                 ///< the local program has ended its half
    bool over = false;
    kuberay::condition changed;  ///< any of these
};

/// All of a `port_forwarder`. Its tasks keep it.
struct forwarder : std::enable_shared_from_this<forwarder> {
    forwarder(client on, forward_resolver where, forward_options options);

    /// Closes ports, connections and tunnel, and cancels every task.
    void stop() noexcept;
    void fail(error why);
    void tell(forward_event event) const;
    /// Ends the connections that are carried now; those that wait go on.
    void abort_carried() noexcept;
    /// The tunnel that new connections use.
    bool has_tunnel() const noexcept { return tunnel && tunnel->is_open(); }

    client on;
    forward_resolver where;
    forward_options options;
    std::vector<bound_port> ports;
    std::optional<pod_tunnel> tunnel;
    forward_place place;  ///< where `tunnel` leads
    bool renew = false;   ///< the tunnel is stalled: another one is wanted beside it
    std::list<carried_connection*> connections;
    kuberay::condition changed;  ///< any of these
    task_group tasks;
    bool running = false, stopped = false;
    std::optional<error> failed;
    net::pending_operation waiting;  ///< `run`
};

/// Keeps a tunnel open until the forwarder stops; ends with an error that waiting cannot heal.
task<void> keep_tunnel(shared_forwarder on);

/// Accepts the connections of one port.
task<void> accept_connections(shared_forwarder on, std::size_t port);

/// Starts the tasks that find a tunnel for one connection and carry it to its end.
void carry(std::shared_ptr<carried_connection> const& connection, std::size_t mapping);

/// Suspends until the pod is not there to be used any more, and says why. Never ends where pods cannot be watched.
task<error> pod_is_gone(client on, std::string ns, std::string pod);

}  // namespace kuberay::kube
