#include "ray/readiness.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/wait.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/wait.hpp>

namespace kuberay::ray {
namespace {

using steady = std::chrono::steady_clock;

struct observation {
    observation(asio::any_io_executor executor, readiness from, wait_options with)
        : judged(std::move(from))
        , changed(std::move(executor))
        , options(std::move(with))
    {
    }

    steady::time_point now() const { return options.now ? options.now() : steady::now(); }

    /// The caller's functions may hold what is gone when the wait is over; a watch may still run for a moment.
    void forget_caller() { options = wait_options(); }

    readiness judged;
    condition changed;
    wait_options options;
    std::optional<error> failed;  // of the watch of the cluster
};

using shared_observation = std::shared_ptr<observation>;

task<void> follow_cluster(kube::watcher<cluster> changes, shared_observation into)
{
    for (;;) {
        task<kube::watch_event<cluster>> next = changes.next();
        result<kube::watch_event<cluster>> event = co_await as_result(std::move(next));
        if (event.has_error())
            into->failed = event.error();
        else
            into->judged.see(std::move(*event), into->now());
        into->changed.notify_all();
        if (into->failed) co_return;
    }
}

task<void> follow_pods(kube::watcher<kube::pod> changes, shared_observation into)
{
    for (;;) {
        task<kube::watch_event<kube::pod>> next = changes.next();
        result<kube::watch_event<kube::pod>> event = co_await as_result(std::move(next));
        if (event.has_error())
            into->judged.without_pods(event.error());
        else
            into->judged.see(std::move(*event));
        into->changed.notify_all();
        if (event.has_error()) co_return;
    }
}

// Real time until the judgement has to be asked again without a change.
steady::duration until_next_check(observation const& o)
{
    auto const at = o.judged.next_check();
    if (!at) return std::chrono::hours(24);
    return std::max<steady::duration>(*at - o.now(), std::chrono::milliseconds(1));
}

task<cluster> judge(shared_observation seen)
{
    std::optional<progress> shown;
    for (;;) {
        if (seen->failed) throw failure(*seen->failed);
        progress report = seen->judged.report();
        if (seen->options.on_progress && seen->judged.is_known() && shown != report) {
            seen->options.on_progress(report);
            shown = std::move(report);
        }
        if (std::optional<error> verdict = seen->judged.verdict(seen->now())) throw failure(std::move(*verdict));
        if (seen->judged.is_ready()) co_return seen->judged.now();
        steady::duration const pause = until_next_check(*seen);
        co_await seen->changed.wait_for(pause);
    }
}

kube::watch_params watch_of(std::string field, std::string label)
{
    kube::watch_params params;
    params.field_selector = std::move(field);
    params.label_selector = std::move(label);
    return params;
}

task<cluster> wait_ready(kube::client on, std::string ns, std::string name, std::string uid, wait_options options)
{
    steady::duration const limit = options.timeout;
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    auto const pods = kube::api<kube::pod>::in_ns(on, ns);
    kube::watcher<cluster> cluster_changes = clusters.watch(watch_of("metadata.name=" + name, {}));
    kube::watcher<kube::pod> pod_changes = pods.watch(watch_of({}, std::string(pod_label::cluster) + "=" + name));
    readiness judged(name, std::move(uid), options.fail_after);
    auto const seen = std::make_shared<observation>(on.get_executor(), std::move(judged), std::move(options));
    cluster_changes.on_reconnect([seen](error const& cause) {
        if (seen->options.on_reconnect) seen->options.on_reconnect(cause);
    });
    task_group watches(on.get_executor());
    watches.start(follow_cluster(std::move(cluster_changes), seen));
    watches.start(follow_pods(std::move(pod_changes), seen));
    task<cluster> judging = judge(seen);
    task<cluster> bounded = with_timeout(limit, std::move(judging));
    result<cluster> ended = co_await as_result(std::move(bounded));
    watches.cancel();
    seen->forget_caller();
    if (ended.has_error() && is_cancellation(ended.error())) throw failure(ended.error());
    co_await watches.ended();
    if (ended.has_value()) co_return std::move(*ended);
    std::string const doing = "waiting for the RayCluster " + clusters.core().ns() + "/" + name;
    if (ended.error().code() == errc::unsatisfiable) throw failure(ended.error());
    throw failure(ended.error().with_context(doing));
}

task<void> wait_gone(kube::api<kube::object> in, std::string name, std::string uid, steady::duration timeout)
{
    auto const holders = std::make_shared<std::vector<std::string>>();
    kube::predicate<kube::object> const gone = [uid, holders](std::optional<kube::object> const& now) {
        *holders = now ? now->metadata.finalizers : std::vector<std::string>();
        return !now || (!uid.empty() && now->metadata.uid != uid);
    };
    auto waiting = kube::wait_until(in, name, gone, timeout);
    auto ended = co_await as_result(std::move(waiting));
    if (ended.has_value()) co_return;
    if (ended.error().code() != errc::timed_out) throw failure(ended.error());
    std::string text = "waiting for " + in.core().type().kind + " " + name + " to be gone: the deadline passed";
    if (!holders->empty()) text += "; held by the finalizers " + join(*holders, ", ");
    throw failure(errc::timed_out, std::move(text));
}

}  // namespace

task<cluster>
wait_cluster_ready(kube::client on, std::string ns, std::string name, std::string uid, wait_options options)
{
    return wait_ready(std::move(on), std::move(ns), std::move(name), std::move(uid), std::move(options));
}

task<void> wait_deleted(
    kube::client on, kube::resource_type type, std::string ns, std::string name, std::string uid,
    std::chrono::steady_clock::duration timeout
)
{
    auto in = kube::api<kube::object>::in_ns(std::move(on), std::move(type), std::move(ns));
    return wait_gone(std::move(in), std::move(name), std::move(uid), timeout);
}

}  // namespace kuberay::ray
