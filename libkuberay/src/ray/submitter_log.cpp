#include "ray/late_output.hpp"

#include <kuberay/kube/core.hpp>
#include <kuberay/kube/logs.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/nodes.hpp>

namespace kuberay::ray {
namespace {

using output_sink = std::function<task<void>(std::string bytes)>;

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

// The newest submitter of a job; empty when there is none.
task<std::optional<kube::pod>> find_submitter(kube::client on, job of)
{
    std::string const selector = selector_of(of);
    if (selector.empty()) co_return std::nullopt;
    auto const pods = kube::api<kube::pod>::in_ns(on, of.metadata.ns);
    kube::list_params params;
    params.label_selector = selector;
    kube::object_list<kube::pod> found = co_await pods.list(params);
    std::optional<kube::pod> newest;
    for (kube::pod& one : found.items)
        if (!newest || newest->metadata.creation_timestamp <= one.metadata.creation_timestamp) newest = std::move(one);
    co_return newest;
}

task<bool> copy(kube::client on, job of, kube::log_options options, output_sink sink)
{
    std::optional<kube::pod> const pod = co_await find_submitter(on, of);
    if (!pod) co_return false;
    options.container = container_of(*pod);
    std::string const ns = of.metadata.ns, name = pod->metadata.name;
    kube::log_reader reader = co_await kube::read_log(on, ns, name, options);
    for (;;) {
        std::string piece = co_await reader.read_some();
        if (piece.empty()) co_return true;
        task<void> writing = sink(std::move(piece));
        co_await std::move(writing);
    }
}

task<void> nothing() { co_return; }

task<std::string> read_end(kube::client on, job of)
{
    kube::log_options options;
    options.tail = 20;
    options.limit_bytes = most_bytes;
    auto const text = std::make_shared<std::string>();
    output_sink const sink = [text](std::string const& piece) {
        text->append(piece, 0, most_bytes - text->size());  // whatever the server makes of the limit
        return nothing();
    };
    bool const is_there = co_await copy(on, of, options, sink);
    (void)is_there;  // nothing is as good as no text
    co_return *text;
}

task<std::string> read_or_nothing(kube::client on, job of)
{
    task<std::string> reading = with_timeout(longest_read, read_end(on, of));
    // It only adds to an error that is told anyway.
    result<std::string> read = co_await as_result(std::move(reading));
    if (read.has_error()) co_return std::string();
    co_return std::move(*read);
}

}  // namespace

task<std::string> submitter_log(kube::client on, job of) { return read_or_nothing(std::move(on), std::move(of)); }

task<bool> copy_submitter_log(kube::client on, job of, output_sink sink)
{
    kube::log_options const whole;
    return copy(std::move(on), std::move(of), whole, std::move(sink));
}

}  // namespace kuberay::ray
