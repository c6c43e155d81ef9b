#include "base/doubling_pause.hpp"
#include "base/lasting.hpp"
#include "kube/forwarder_state.hpp"

#include <chrono>
#include <random>
#include <utility>

namespace kuberay::kube {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::chrono::seconds long_lived(5);

/// Waits between tries: half by chance, so that many clients of a server that comes back do not come at once.
class chance_pauses {
public:
    explicit chance_pauses(forward_options const& options)
        : longest_(options.first_wait, options.longest_wait)
    {
    }

    void reset() noexcept { longest_.reset(); }

    milliseconds next()
    {
        auto const most = std::chrono::duration_cast<milliseconds>(longest_.next()).count();
        std::uniform_int_distribution<milliseconds::rep> chosen(most / 2, most);
        return milliseconds(chosen(random_));
    }

private:
    doubling_pause longest_;
    std::minstd_rand random_{std::random_device{}()};
};

/// A failed try, and whether another one can end better.
struct attempt {
    attempt() = default;
    std::optional<pod_tunnel> tunnel;
    forward_place place;
    error why;
    bool is_final = false;
};

// A resolver that throws before it gives its task away fails like the task.
task<forward_place> resolve(forward_resolver ask)
{
    task<forward_place> asking = ask();
    co_return co_await std::move(asking);
}

task<attempt> try_to_open(shared_forwarder on)
{
    attempt made;
    task<forward_place> asking = with_timeout(on->options.connect_limit, resolve(on->where));
    result<forward_place> place = co_await as_result(std::move(asking));
    if (place.has_error()) {
        made.why = place.error();
        made.is_final = is_lasting(made.why) || made.why.code() == reason::not_found;
        co_return made;
    }
    made.place = std::move(*place);
    if (made.place.ports.size() < on->options.ports.size()) {
        made.why = error(errc::bad_input, "the pod's ports are not known for every local port");
        made.is_final = true;
        co_return made;
    }
    task<pod_tunnel> opening =
        with_timeout(on->options.connect_limit, pod_tunnel::open(on->on, made.place.ns, made.place.pod, on->options));
    result<pod_tunnel> opened = co_await as_result(std::move(opening));
    if (opened.has_error()) {
        // A pod that is not found went after it was resolved: the next one will be.
        made.why = opened.error();
        made.is_final = is_lasting(made.why);
    } else {
        made.tunnel.emplace(std::move(*opened));
    }
    co_return made;
}

void tell(forwarder const& on, forward_event::kind what, std::string pod, error cause, milliseconds wait)
{
    forward_event event;
    event.what = what;
    event.pod = std::move(pod);
    event.cause = std::move(cause);
    event.wait = wait;
    on.tell(std::move(event));
}

/// The first way in which a tunnel and its pod end.
struct tunnel_end {
    tunnel_end() = default;
    std::optional<error> cause;
};

task<void> note(shared_forwarder on, std::shared_ptr<tunnel_end> end, task<error> waiting)
{
    error why = co_await std::move(waiting);
    if (!end->cause) end->cause = std::move(why);
    on->changed.notify_all();
}

/// Watches one tunnel and its pod as long as this lives.
class vigil {
public:
    vigil(shared_forwarder const& on, pod_tunnel const& tunnel, forward_place const& place)
        : tasks_(on->on.get_executor())
        , end_(std::make_shared<tunnel_end>())
    {
        tasks_.start(note(on, end_, tunnel.ended()));
        tasks_.start(note(on, end_, pod_is_gone(on->on, place.ns, place.pod)));
    }

    std::optional<error> const& cause() const noexcept { return end_->cause; }

private:
    task_group tasks_;
    std::shared_ptr<tunnel_end> end_;
};

void use(forwarder& on, attempt made)
{
    on.tunnel = std::move(made.tunnel);
    on.place = std::move(made.place);
    on.renew = false;
    on.changed.notify_all();
}

/// Serves with the tunnel that is open, until it or its pod ends or another one is wanted.
task<std::optional<error>> serve(shared_forwarder on)
{
    pod_tunnel const tunnel = *on->tunnel;
    vigil const watching(on, tunnel, on->place);
    while (!watching.cause() && !on->renew)
        co_await on->changed.wait();
    co_return watching.cause();
}

void drop_tunnel(forwarder& on)
{
    if (on.tunnel) on.tunnel->close();
    on.tunnel.reset();
    on.abort_carried();
    on.changed.notify_all();
}

task<void> keep(shared_forwarder on)
{
    chance_pauses waits(on->options);
    milliseconds wait(0);
    for (;;) {
        if (wait.count() > 0) co_await sleep_for(wait);
        attempt made = co_await try_to_open(on);
        if (!made.tunnel) {
            if (made.is_final || is_cancellation(made.why)) throw failure(made.why);
            wait = waits.next();
            tell(*on, forward_event::kind::retrying, made.place.pod, made.why, wait);
            continue;
        }
        if (on->stopped) co_return;  // while it was opened
        clock::time_point const since = clock::now();
        std::string const pod = made.place.pod;
        use(*on, std::move(made));
        tell(*on, forward_event::kind::connected, pod, error(), milliseconds(0));
        std::optional<error> const end = co_await serve(on);
        bool const lived = clock::now() - since >= long_lived;
        if (lived) waits.reset();
        wait = lived ? milliseconds(0) : waits.next();
        if (!end) continue;  // the stalled tunnel goes on with its connections, beside the new one
        drop_tunnel(*on);
        tell(*on, forward_event::kind::lost, pod, *end, milliseconds(0));
    }
}

}  // namespace

task<void> keep_tunnel(shared_forwarder on) { return keep(std::move(on)); }

}  // namespace kuberay::kube
