#include "ray/pod_trouble.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/conditions.hpp>
#include <kuberay/ray/describe.hpp>

#include <algorithm>
#include <memory>

namespace kuberay::ray {
namespace {

constexpr std::size_t events_shown = 20;

// What the requests found, each in its own member.
struct findings {
    std::optional<cluster> of;
    std::vector<kube::pod> pods;
    std::vector<kube::service> services;
    std::vector<kube::event> events;
};

using shared_findings = std::shared_ptr<findings>;

std::string label_of(kube::object_meta const& metadata, std::string_view key)
{
    auto const found = metadata.labels.find(std::string(key));
    return found == metadata.labels.end() ? std::string() : found->second;
}

kube::list_params of_cluster(std::string const& name)
{
    kube::list_params params;
    params.label_selector = std::string(pod_label::cluster) + "=" + name;
    return params;
}

task<void> read_cluster(kube::api<cluster> in, std::string name, shared_findings into)
{
    cluster read = co_await in.get(name);
    into->of = std::move(read);
}

task<void> read_pods(kube::api<kube::pod> in, std::string name, shared_findings into)
{
    kube::list_params const params = of_cluster(name);
    kube::object_list<kube::pod> read = co_await in.list(params);
    into->pods = std::move(read.items);
}

task<void> read_services(kube::api<kube::service> in, std::string name, shared_findings into)
{
    kube::list_params const params = of_cluster(name);
    kube::object_list<kube::service> read = co_await in.list(params);
    into->services = std::move(read.items);
}

task<void> read_events(kube::client on, std::string ns, std::string name, shared_findings into)
{
    into->events = co_await events_of_cluster(on, ns, name);
}

pod_description description_of(kube::pod const& pod)
{
    pod_description description;
    description.name = pod.metadata.name;
    description.type = label_of(pod.metadata, pod_label::node_type);
    description.group = label_of(pod.metadata, pod_label::group);
    description.phase = pod.metadata.deletion_timestamp ? "Terminating" : pod.phase;
    description.node = pod.node_name;
    description.pod_ip = pod.pod_ip;
    description.ready = pod.is_ready();
    for (kube::container_status const& status : pod.container_statuses)
        description.restarts += status.restart_count;
    description.troubles = troubles_of(pod);
    return description;
}

cluster_description description_of(findings from)
{
    cluster_description description;
    description.groups = rows_of(*from.of, from.pods);
    for (kube::pod const& pod : from.pods)
        description.pods.push_back(description_of(pod));
    std::ranges::sort(description.pods, {}, [](pod_description const& pod) {
        return std::tuple(pod.type != "head", pod.group, pod.name);
    });
    for (kube::service& service : from.services)
        if (service.metadata.name == from.of->status.head.service_name) description.head_service = std::move(service);
    if (from.events.size() > events_shown) from.events.erase(from.events.begin(), from.events.end() - events_shown);
    description.events = std::move(from.events);
    description.cluster = std::move(*from.of);
    return description;
}

task<cluster_description> describe(kube::client on, std::string ns, std::string name)
{
    auto const found = std::make_shared<findings>();
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    std::vector<task<void>> ops;
    ops.push_back(read_cluster(clusters, name, found));
    ops.push_back(read_pods(kube::api<kube::pod>::in_ns(on, ns), name, found));
    ops.push_back(read_services(kube::api<kube::service>::in_ns(on, ns), name, found));
    ops.push_back(read_events(on, ns, name, found));
    std::vector<result<void>> const ended = co_await run_all(std::move(ops));
    if (ended[0].has_error()) throw failure(ended[0].error());
    cluster_description description = description_of(std::move(*found));
    char const* const parts[] = {"", "the pods", "the services", "the events"};
    for (std::size_t i = 1; i < ended.size(); ++i)
        if (ended[i].has_error())
            description.notes.push_back(std::string(parts[i]) + " could not be read: " + ended[i].error().message());
    co_return description;
}

// The cluster of a job or a service: absent when there is none (yet), a note when it cannot be read.
task<std::optional<cluster_description>>
describe_part(kube::client on, std::string ns, std::string name, std::shared_ptr<std::vector<std::string>> notes)
{
    if (name.empty()) co_return std::nullopt;
    task<cluster_description> describing = describe(on, ns, name);
    result<cluster_description> described = co_await as_result(std::move(describing));
    if (described.has_value()) co_return std::move(*described);
    if (described.error().code() != reason::not_found)
        notes->push_back("the cluster could not be read: " + described.error().message());
    co_return std::nullopt;
}

task<std::vector<kube::event>> events_or_note(
    kube::client on, std::string ns, std::string kind, std::string name, std::shared_ptr<std::vector<std::string>> notes
)
{
    task<std::vector<kube::event>> reading = events_of(on, ns, kind, name);
    result<std::vector<kube::event>> read = co_await as_result(std::move(reading));
    if (read.has_value()) co_return std::move(*read);
    notes->push_back("the events could not be read: " + read.error().message());
    co_return std::vector<kube::event>();
}

task<job_description> describe_the_job(kube::client on, std::string ns, std::string name)
{
    auto const jobs = kube::api<job>::in_ns(on, ns);
    task<job> reading = jobs.get(name);
    result<job> read = co_await as_result(std::move(reading));
    if (read.has_error()) throw failure(read.error());
    auto const notes = std::make_shared<std::vector<std::string>>();
    job_description description;
    description.job = std::move(*read);
    std::string const cluster_name = description.job.status.ray_cluster_name;
    description.cluster = co_await describe_part(on, ns, cluster_name, notes);
    description.events = co_await events_or_note(on, ns, "RayJob", name, notes);
    description.notes = *notes;
    co_return description;
}

task<service_description> describe_the_service(kube::client on, std::string ns, std::string name)
{
    auto const services = kube::api<service>::in_ns(on, ns);
    task<service> reading = services.get(name);
    result<service> read = co_await as_result(std::move(reading));
    if (read.has_error()) throw failure(read.error());
    auto const notes = std::make_shared<std::vector<std::string>>();
    service_description description;
    description.service = std::move(*read);
    std::string const active = description.service.status.active.ray_cluster_name;
    std::string const pending = description.service.status.pending.ray_cluster_name;
    description.active = co_await describe_part(on, ns, active, notes);
    description.pending = co_await describe_part(on, ns, pending, notes);
    description.events = co_await events_or_note(on, ns, "RayService", name, notes);
    description.notes = *notes;
    co_return description;
}

}  // namespace

task<cluster_description> describe_cluster(kube::client on, std::string ns, std::string name)
{
    return describe(std::move(on), std::move(ns), std::move(name));
}

task<job_description> describe_job(kube::client on, std::string ns, std::string name)
{
    return describe_the_job(std::move(on), std::move(ns), std::move(name));
}

task<service_description> describe_service(kube::client on, std::string ns, std::string name)
{
    return describe_the_service(std::move(on), std::move(ns), std::move(name));
}

}  // namespace kuberay::ray
