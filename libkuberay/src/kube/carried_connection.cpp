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

/// Suspends until something can be sent to the pod; false when that will not come. The first bytes may go before the
/// other side has taken the connection.
task<bool> has_way(shared_connection on, bool is_end)
{
    while (!on->over && !on->open && (is_end || !on->may_send))
        co_await on->changed.wait();
    if (on->over) co_return false;
    on->sent = true;
    co_return true;
}

enum class direction { into_the_pod, out_of_the_pod };

/// Copies until the source ends, and ends the sink then. The buffer grows with what comes, so idle connections are cheap.
task<copied> copy(shared_connection keep, direction where)
{
    bool const goes_in = where == direction::into_the_pod;
    net::byte_stream* const from = goes_in ? &keep->local.stream : &keep->remote;
    net::byte_stream* const to = goes_in ? &keep->remote : &keep->local.stream;
    std::vector<char> buffer(first_buffer);
    while (!keep->over) {
        error_code code;
        asio::mutable_buffer const into = asio::buffer(buffer);
        std::size_t const size = co_await from->async_read_some(into, asio::redirect_error(asio::use_awaitable, code));
        bool const is_end = code == asio::error::eof;
        if (code && !is_end) co_return copied::source_lost;
        if (goes_in) {
            bool const way = co_await has_way(keep, is_end);
            if (!way) co_return copied::source_lost;
        }
        if (is_end) {
            if (!goes_in && keep->said_all) co_return copied::to_the_end;  // both have ended: closing it says so
            task<void> finishing = to->finish_writing();
            result<void> const finished = co_await as_result(std::move(finishing));
            co_return finished.has_error() ? copied::sink_lost : copied::to_the_end;
        }
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
            co_await on->changed.wait_for(left);
        if (on->over) co_return;
        if (on->carried == before) break;
    }
    on->finish();
}

task<void> copy_out(shared_connection on)
{
    copied const end = co_await copy(on, direction::into_the_pod);
    // A program that left is done with both directions. A pod that reads no more may still have an answer to send.
    if (end == copied::source_lost) on->abort();
    on->asked = true;
    on->said_all = end == copied::to_the_end;
    if (end == copied::to_the_end && !on->half_closes && !on->answered) co_await end_after_silence(on);
}

task<void> copy_in(shared_connection on)
{
    copied const end = co_await copy(on, direction::out_of_the_pod);
    on->answered = true;
    if (end != copied::to_the_end) on->abort();
    if (on->asked && !on->half_closes) on->finish();
}

bool is_lost(error const& why) { return why.code() == errc::connection_lost; }

/// Opens it in a tunnel that is shared with others, and lets the first bytes follow at once: a round trip less. A
/// tunnel that is stalled may never answer, so nothing is sent into it that could not be sent again elsewhere.
task<void> open_shared(shared_connection on, pod_tunnel tunnel, std::uint16_t port, pod_tunnel::error_sink on_error)
{
    std::optional<opening_stream> begun = tunnel.begin(port, std::move(on_error));
    if (!begun) throw failure(errc::unexpected, "a tunnel for many connections takes none");
    on->remote = std::move(begun->stream);
    on->may_send = !tunnel.is_stalled();
    on->changed.notify_all();
    co_await std::move(begun->answered);
}

task<void> open_alone(shared_connection on, pod_tunnel tunnel, std::uint16_t port, pod_tunnel::error_sink on_error)
{
    on->remote = co_await tunnel.connect(port, std::move(on_error));
}

/// When a connection must have found its way.
clock::time_point end_of(clock::duration limit)
{
    constexpr std::chrono::hours for_ever(24 * 365);
    return clock::now() + (limit > limit.zero() ? limit : for_ever);
}

/// What is left of that time.
clock::duration left_until(clock::time_point end)
{
    clock::duration const left = end - clock::now();
    if (left <= left.zero()) throw failure(errc::timed_out, "the deadline passed");
    return left;
}

/// Connects through the present tunnel, or through the next one when there is none.
task<void> find_way(shared_connection on, std::size_t mapping, pod_tunnel::error_sink on_error)
{
    forwarder& all = *on->owner;
    clock::time_point const end = end_of(all.options.connect_limit);
    clock::duration patience = patience_when_stalled;
    while (!on->over) {
        while (!all.has_tunnel())
            co_await all.changed.wait_for(left_until(end));
        pod_tunnel const tunnel = *all.tunnel;
        std::uint16_t const port = all.place.ports[mapping];
        // Where each connection has a socket of its own, none can be stopped by another.
        bool const is_shared = tunnel.protocol() != tunnel_protocol::websocket_v4;
        clock::duration const left = left_until(end);
        task<void> trying = is_shared ? with_timeout(std::min(patience, left), open_shared(on, tunnel, port, on_error))
                                      : with_timeout(left, open_alone(on, tunnel, port, on_error));
        result<void> const opened = co_await as_result(std::move(trying));
        error const why = opened.has_error() ? opened.error() : error();
        bool const is_late = is_shared && why.code() == errc::timed_out && clock::now() < end;
        // What was sent cannot be sent again elsewhere: the answer comes when it comes.
        if (opened.has_value() || (is_late && on->sent)) {
            on->half_closes = tunnel.protocol() != tunnel_protocol::websocket_v4;
            on->open = true;
            on->changed.notify_all();
            co_return;
        }
        on->may_send = false;
        on->remote.close();
        if (is_late) {
            // One program that does not read stops a whole tunnel; the others get another one.
            if (tunnel.is_stalled() && all.has_tunnel() && all.tunnel->is_stalled()) {
                all.renew = true;
                all.changed.notify_all();
                co_await all.changed.wait_for(std::min(clock::duration(patience_when_stalled), left_until(end)));
            } else {
                patience *= more_patience;  // the way is long, or the server slow
            }
            continue;
        }
        // The next tunnel may do better than one that has ended; the next try in the same one would not.
        if (!is_lost(why) || tunnel.is_open() || on->sent) throw failure(why);
    }
}

task<void> carry_in(shared_connection on, std::size_t mapping)
{
    std::uint16_t const remote = on->owner->options.ports[mapping].remote;
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
    task<void> finding = find_way(on, mapping, tell);
    result<void> const way = co_await as_result(std::move(finding));
    if (way.has_error() && !on->over && !is_cancellation(way.error())) tell(way.error());
    if (way.has_error()) on->abort();
    if (!on->over) co_await copy_in(on);
}

}  // namespace

carried_connection::carried_connection(shared_forwarder owner, net::accepted_connection local)
    : owner(std::move(owner))
    , local(std::move(local))
    , changed(this->owner->on.get_executor())
{
    this->owner->connections.push_back(this);
}

carried_connection::~carried_connection()
{
    if (asked && answered)
        finish();
    else
        abort();
    owner->connections.remove(this);
    owner->changed.notify_all();
}

void carried_connection::abort() noexcept
{
    if (std::exchange(over, true)) return;
    local.reset();
    remote.close();
    changed.notify_all();
}

void carried_connection::finish() noexcept
{
    if (std::exchange(over, true)) return;
    local.stream.close();
    remote.close();
    changed.notify_all();
}

void carry(std::shared_ptr<carried_connection> const& connection, std::size_t mapping)
{
    task_group& tasks = connection->owner->tasks;
    tasks.start(copy_out(connection));
    tasks.start(carry_in(connection, mapping));
}

}  // namespace kuberay::kube
