#include "ray/pod_watch.hpp"

#include <kuberay/base/task_group.hpp>
#include <kuberay/kube/wait.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/scale.hpp>
#include <kuberay/ray/worker_groups.hpp>

#include <algorithm>

namespace kuberay::ray {
namespace {

using progress_sink = std::function<void(std::string const& group, int ready, int wanted)>;

// The last that was seen of the cluster and of its workers.
struct group_observation {
    explicit group_observation(asio::any_io_executor executor)
        : changed(std::move(executor))
    {
    }

    condition changed;
    std::optional<cluster> of;
    std::optional<pods_by_name> pods;
    std::optional<error> failed;
};

using shared_observation = std::shared_ptr<group_observation>;

task<void> end_with(shared_observation into, task<void> op)
{
    result<void> ended = co_await as_result(std::move(op));
    if (ended.has_error() && !into->failed) into->failed = ended.error();
    into->changed.notify_all();
}

task<void> see_cluster(kube::api<cluster> in, std::string name, shared_observation into)
{
    kube::predicate<cluster> const see = [into, name](std::optional<cluster> const& now) {
        if (!now) throw failure(errc::unsatisfiable, "the RayCluster \"" + name + "\" is not there (any more)");
        into->of = now;
        into->changed.notify_all();
        return false;
    };
    auto waiting = kube::wait_until(in, name, see, std::chrono::steady_clock::duration::zero());
    std::optional<cluster> const last = co_await std::move(waiting);
}

task<void> see_pods(kube::api<kube::pod> in, std::string name, shared_observation into)
{
    std::function<bool(pods_by_name const&)> const see = [into](pods_by_name const& pods) {
        into->pods = pods;
        into->changed.notify_all();
        return false;
    };
    std::string const selector =
        std::string(pod_label::cluster) + "=" + name + "," + std::string(pod_label::node_type) + "=worker";
    co_await follow_pods_until(in, selector, see);
}

struct group_count {
    int ready = 0, there = 0, wanted = 0;
};

// Absent: there is no such group.
std::optional<group_count> count_of(group_observation const& seen, std::string const& group)
{
    worker_group const* spec = find_worker_group(seen.of->spec, group);
    if (!spec) return std::nullopt;
    group_count count;
    if (!spec->suspend.value_or(false)) count.wanted = spec->wanted_replicas() * spec->hosts();
    for (auto const& [name, pod] : *seen.pods) {
        auto const label = pod.metadata.labels.find(std::string(pod_label::group));
        if (label == pod.metadata.labels.end() || label->second != group) continue;
        ++count.there;
        if (pod.is_ready()) ++count.ready;
    }
    return count;
}

bool all_ready(group_observation const& seen, std::vector<std::string> const& groups, progress_sink const& report)
{
    if (!seen.of || !seen.pods) return false;
    bool done = true;
    bool const autoscaled = seen.of->spec.enable_in_tree_autoscaling.value_or(false);
    for (std::string const& group : groups) {
        std::optional<group_count> const count = count_of(seen, group);
        if (!count) throw failure(errc::unsatisfiable, "the worker group \"" + group + "\" is not there (any more)");
        if (report) report(group, count->ready, count->wanted);
        bool const only_these = count->ready == count->wanted && count->there == count->wanted;
        bool const enough = autoscaled && count->ready >= count->wanted;
        done = done && (only_these || enough);
    }
    return done;
}

task<void> judge(shared_observation seen, std::vector<std::string> groups, progress_sink report)
{
    for (;;) {
        if (seen->failed) throw failure(*seen->failed);
        if (all_ready(*seen, groups, report)) co_return;
        co_await seen->changed.wait();
    }
}

task<void> wait(
    kube::client on, std::string ns, std::string name, std::vector<std::string> groups,
    std::chrono::steady_clock::duration timeout, progress_sink report
)
{
    auto const seen = std::make_shared<group_observation>(on.get_executor());
    task_group watches(on.get_executor());
    watches.start(end_with(seen, see_cluster(kube::api<cluster>::in_ns(on, ns), name, seen)));
    watches.start(end_with(seen, see_pods(kube::api<kube::pod>::in_ns(on, ns), name, seen)));
    task<void> judging = judge(seen, std::move(groups), std::move(report));
    task<void> bounded = with_timeout(timeout, std::move(judging));
    result<void> ended = co_await as_result(std::move(bounded));
    watches.cancel();
    if (ended.has_error() && is_cancellation(ended.error())) throw failure(ended.error());
    co_await watches.ended();
    if (ended.has_error())
        throw failure(ended.error().with_context("waiting for the workers of the RayCluster " + name));
}

}  // namespace

task<void> wait_groups_ready(
    kube::client on, std::string ns, std::string name, std::vector<std::string> groups,
    std::chrono::steady_clock::duration timeout,
    std::function<void(std::string const& group, int ready, int wanted)> on_progress
)
{
    return wait(std::move(on), std::move(ns), std::move(name), std::move(groups), timeout, std::move(on_progress));
}

}  // namespace kuberay::ray
