#include "ray/submission.hpp"

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/nodes.hpp>

namespace kuberay::ray {
namespace {

constexpr std::chrono::seconds longest_read(5);
constexpr std::size_t most_bytes = 16 * 1024;
constexpr std::string_view submitter_container = "ray-job-submitter";

// In K8sJobMode a pod of the Kubernetes Job that is named like the RayJob, else a container beside the head.
std::string selector_of(job const& of)
{
    std::string const& mode = of.spec.submission_mode;
    if (mode.empty() || mode == submission_mode::k8s_job) return "job-name=" + of.metadata.name;
    if (mode != submission_mode::sidecar || of.status.ray_cluster_name.empty()) return std::string();
    return std::string(pod_label::cluster) + "=" + of.status.ray_cluster_name + "," + std::string(pod_label::node_type)
           + "=head";
}

std::string container_of(kube::pod const& pod)
{
    for (kube::container const& one : pod.containers)
        if (one.name == submitter_container) return one.name;
    return pod.containers.empty() ? std::string() : pod.containers.front().name;
}

task<std::string> read_end(kube::client on, std::string ns, std::string selector)
{
    auto const pods = kube::api<kube::pod>::in_ns(on, ns);
    kube::list_params params;
    params.label_selector = selector;
    kube::object_list<kube::pod> const found = co_await pods.list(params);
    kube::pod const* newest = nullptr;
    for (kube::pod const& one : found.items)
        if (!newest || newest->metadata.creation_timestamp <= one.metadata.creation_timestamp) newest = &one;
    std::string text;
    if (!newest) co_return text;
    kube::log_options options;
    options.container = container_of(*newest);
    options.tail = 20;
    options.limit_bytes = most_bytes;
    kube::log_reader reader = co_await kube::read_log(on, ns, newest->metadata.name, options);
    for (;;) {
        std::string const piece = co_await reader.read_some();
        if (piece.empty() || text.size() > most_bytes) break;
        text += piece;
    }
    co_return text;
}

task<std::string> read_or_nothing(kube::client on, job of)
{
    std::string const selector = selector_of(of);
    if (selector.empty()) co_return std::string();
    task<std::string> reading = with_timeout(longest_read, read_end(on, of.metadata.ns, selector));
    // It only adds to an error that is told anyway.
    result<std::string> read = co_await as_result(std::move(reading));
    if (read.has_error()) co_return std::string();
    co_return std::move(*read);
}

}  // namespace

task<std::string> submitter_log(kube::client on, job of) { return read_or_nothing(std::move(on), std::move(of)); }

}  // namespace kuberay::ray
