#include "kube/forwarder_state.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/kube/wait.hpp>

#include <chrono>
#include <utility>

namespace kuberay::kube {
namespace {

// Empty while the pod can be used.
std::string why_unusable(std::optional<pod> const& now)
{
    if (!now) return "was deleted";
    if (now->metadata.deletion_timestamp) return "is being deleted";
    if (now->phase == "Succeeded" || now->phase == "Failed") return "has ended (" + now->phase + ")";
    return std::string();
}

task<error> watch_pod(client on, std::string ns, std::string name)
{
    api<pod> const pods = api<pod>::in_ns(on, ns);
    predicate<pod> const unusable = [](std::optional<pod> const& now) { return !why_unusable(now).empty(); };
    std::chrono::steady_clock::duration const no_limit{0};
    task<std::optional<pod>> watching = wait_until<pod>(pods, name, unusable, no_limit);
    result<std::optional<pod>> const last = co_await as_result(std::move(watching));
    if (last.has_value()) co_return error(errc::connection_lost, "pod \"" + name + "\" " + why_unusable(*last));
    if (is_cancellation(last.error())) throw failure(last.error());
    // A role that may not watch pods can still forward; the tunnel's own end is then all that is known.
    kuberay::condition never(on.get_executor());
    for (;;)
        co_await never.wait();
}

}  // namespace

task<error> pod_is_gone(client on, std::string ns, std::string pod)
{
    return watch_pod(std::move(on), std::move(ns), std::move(pod));
}

}  // namespace kuberay::kube
