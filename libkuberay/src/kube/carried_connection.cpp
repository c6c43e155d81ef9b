#include "kube/forwarder_state.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

using clock = std::chrono::steady_clock;
using shared_connection = std::shared_ptr<carried_connection>;

constexpr std::size_t first_buffer = 8192;
constexpr std::size_t largest_buffer = 65536;
constexpr std::chrono::seconds patience_when_stalled(2);
constexpr int more_patience = 4;

/// What one direction ended with.
enum class copied { to_the_end, source_lost, sink_lost };

/// Copies until the source ends, and ends the sink then. The buffer grows with what comes, so idle connections are cheap.
task<copied> copy(shared_connection keep, net::byte_stream* from, net::byte_stream* to)
{
    std::vector<char> buffer(first_buffer);
    while (!keep->over) {
        error_code code;
        asio::mutable_buffer const into = asio::buffer(buffer);
        std::size_t const size = co_await from->async_read_some(into, asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::eof) {
            task<void> finishing = to->finish_writing();
            result<void> const finished = co_await as_result(std::move(finishing));
            co_return finished.has_error() ? copied::sink_lost : copied::to_the_end;
        }
        if (code) co_return copied::source_lost;
        keep->carried += size;
        asio::const_buffer rest(buffer.data(), size);
        while (rest.size() > 0) {
            rest += co_await to->async_write_some(rest, asio::redirect_error(asio::use_awaitable, code));
            if (code) co_return copied::sink_lost;
        }
        if (size == buffer.size() && size < largest_buffer) buffer.resize(std::min(size * 2, largest_buffer));
    }
    co_return copied::source_lost;
}

/// Without a half-close the pod never hears that nothing more will come, and may wait for it forever.
task<void> end_after_silence(shared_connection on)
{
    clock::duration const limit = on->owner->options.longest_silence;
    for (;;) {
        std::uint64_t const before = on->carried;
        clock::time_point const until = clock::now() + limit;
        for (clock::duration left = limit; left > left.zero() && !on->over; left = until - clock::now())
            co_await on->ended.wait_for(left);
        if (on->over) co_return;
        if (on->carried == before) break;
    }
    on->finish();
}

task<void> copy_out(shared_connection on)
{
    copied const end = co_await copy(on, &on->local.stream, &on->remote);
    // A program that left is done with both directions. A pod that reads no more may still have an answer to send.
    if (end == copied::source_lost) on->abort();
    on->asked = true;
    if (end == copied::to_the_end && !on->half_closes && !on->answered) co_await end_after_silence(on);
}

task<void> copy_in(shared_connection on)
{
    copied const end = co_await copy(on, &on->remote, &on->local.stream);
    on->answered = true;
    if (end != copied::to_the_end) on->abort();
    if (on->asked && !on->half_closes) on->finish();
}

bool is_lost(error const& why) { return why.code() == errc::connection_lost; }

/// Connects through the present tunnel, or through the next one when there is none.
task<net::byte_stream> find_way(shared_connection on, std::size_t mapping, pod_tunnel::error_sink on_error)
{
    forwarder& all = *on->owner;
    clock::duration patience = patience_when_stalled;
    for (;;) {
        while (!all.has_tunnel())
            co_await all.changed.wait();
        pod_tunnel const tunnel = *all.tunnel;
        std::uint16_t const port = all.place.ports[mapping];
        // Where each connection has a socket of its own, none can be stopped by another.
        bool const is_shared = tunnel.protocol() != tunnel_protocol::websocket_v4;
        clock::duration const limit = is_shared ? patience : clock::duration::zero();
        task<net::byte_stream> trying = with_timeout(limit, tunnel.connect(port, on_error));
        result<net::byte_stream> way = co_await as_result(std::move(trying));
        if (way.has_value()) {
            on->half_closes = tunnel.protocol() != tunnel_protocol::websocket_v4;
            co_return std::move(*way);
        }
        error const why = way.error();
        if (is_shared && why.code() == errc::timed_out) {
            // One program that does not read stops a whole tunnel; the others get another one.
            if (tunnel.is_stalled() && all.has_tunnel() && all.tunnel->is_stalled()) {
                all.renew = true;
                all.changed.notify_all();
                co_await all.changed.wait_for(patience_when_stalled);
            } else {
                patience *= more_patience;  // the way is long, or the server slow
            }
            continue;
        }
        // The next tunnel may do better than one that has ended; the next try in the same one would not.
        if (!is_lost(why) || tunnel.is_open()) throw failure(why);
    }
}

task<void> carry_on(shared_connection on, std::size_t mapping)
{
    forwarder& all = *on->owner;
    std::uint16_t const remote = all.options.ports[mapping].remote;
    pod_tunnel::error_sink const tell = [weak = std::weak_ptr(on->owner), remote](error const& cause) {
        auto const owner = weak.lock();
        if (!owner) return;
        forward_event event;
        event.what = forward_event::kind::connection_failed;
        event.pod = owner->place.pod;
        event.remote = remote;
        event.cause = cause;
        owner->tell(std::move(event));
    };
    task<net::byte_stream> finding = with_timeout(all.options.connect_limit, find_way(on, mapping, tell));
    result<net::byte_stream> way = co_await as_result(std::move(finding));
    if (way.has_error() || on->over) {
        if (!on->over && !is_cancellation(way.error())) tell(way.error());
        on->abort();
        co_return;
    }
    on->remote = std::move(*way);
    std::vector<task<void>> both;
    both.push_back(copy_out(on));
    both.push_back(copy_in(on));
    co_await run_all(std::move(both));
    on->finish();
}

}  // namespace

carried_connection::carried_connection(shared_forwarder owner, net::accepted_connection local)
    : owner(std::move(owner))
    , local(std::move(local))
    , ended(this->owner->on.get_executor())
{
    this->owner->connections.push_back(this);
}

carried_connection::~carried_connection()
{
    abort();
    owner->connections.remove(this);
    owner->changed.notify_all();
}

void carried_connection::abort() noexcept
{
    if (std::exchange(over, true)) return;
    local.reset();
    remote.close();
    ended.notify_all();
}

void carried_connection::finish() noexcept
{
    if (std::exchange(over, true)) return;
    local.stream.close();
    remote.close();
    ended.notify_all();
}

task<void> carry(std::shared_ptr<carried_connection> connection, std::size_t mapping)
{
    return carry_on(std::move(connection), mapping);
}

}  // namespace kuberay::kube
