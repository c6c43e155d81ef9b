#include "ray/cluster_state.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/service.hpp>

#include <utility>

namespace kuberay::ray {
namespace {

task<cluster_state> state_of_cluster(kube::client on, std::string ns, std::string name)
{
    auto const clusters = kube::api<cluster>::in_ns(on, ns);
    cluster const found = co_await clusters.get(name);
    cluster_state now;
    now.cluster = name;
    now.service = found.status.head.service_name;
    if (found.spec.suspend.value_or(false)) now.state = "it is suspended";
    co_return now;
}

task<cluster_state> state_of_job(kube::client on, std::string ns, std::string name)
{
    auto const jobs = kube::api<job>::in_ns(on, ns);
    job const found = co_await jobs.get(name);
    cluster_state now;
    now.cluster = found.status.ray_cluster_name;
    now.service = found.status.ray_cluster_status.head.service_name;
    now.is_over = is_finished(found.status);
    now.state =
        found.status.deployment_status.empty() ? "it has not started" : "it is " + found.status.deployment_status;
    co_return now;
}

task<cluster_state> state_of_service(kube::client on, std::string ns, std::string name)
{
    auto const services = kube::api<service>::in_ns(on, ns);
    service const found = co_await services.get(name);
    cluster_state now;
    service_cluster_status const& active = found.status.active;
    // Before the first cluster serves, only the pending one is there to be looked at.
    service_cluster_status const& chosen = active.ray_cluster_name.empty() ? found.status.pending : active;
    now.cluster = chosen.ray_cluster_name;
    now.service = chosen.ray_cluster_status.head.service_name;
    co_return now;
}

task<cluster_state> state_of(kube::client on, std::string ns, target what)
{
    switch (what.kind) {
    case target_kind::cluster: return state_of_cluster(std::move(on), std::move(ns), std::move(what.name));
    case target_kind::job: return state_of_job(std::move(on), std::move(ns), std::move(what.name));
    case target_kind::service: return state_of_service(std::move(on), std::move(ns), std::move(what.name));
    case target_kind::cron_job: break;
    }
    throw failure(error(errc::bad_input, what.str() + " has no cluster of its own: each of its runs is a RayJob")
                      .with_hint("name one of its RayJobs: rayjob/NAME"));
}

error none_yet(target const& what, cluster_state const& now, char const* thing)
{
    std::string sentence = what.str() + (now.is_over ? " is over and has no " : " has no ") + thing;
    if (now.is_over) return error(errc::unsatisfiable, std::move(sentence));
    sentence += " yet";
    if (!now.state.empty()) sentence += ": " + now.state;
    return not_available_yet(std::move(sentence));
}

task<std::string> cluster_name(kube::client on, std::string ns, target what)
{
    if (what.kind == target_kind::cluster) co_return what.name;
    task<cluster_state> reading = state_of(on, ns, what);
    cluster_state const now = co_await std::move(reading);
    if (now.cluster.empty()) throw failure(none_yet(what, now, "Ray cluster"));
    co_return now.cluster;
}

task<cluster_state> with_service(kube::client on, std::string ns, target what)
{
    task<cluster_state> reading = state_of(on, ns, what);
    cluster_state now = co_await std::move(reading);
    if (now.cluster.empty()) throw failure(none_yet(what, now, "Ray cluster"));
    if (now.service.empty()) throw failure(none_yet(what, now, "head service"));
    co_return now;
}

task<head_service> head_of(kube::client on, std::string ns, target what)
{
    cluster_state const now = co_await with_service(on, ns, what);
    head_service found;
    found.cluster = now.cluster;
    found.service = now.service;
    co_return found;
}

}  // namespace

error not_available_yet(std::string sentence)
{
    server_status status;
    status.http_status = 503;
    status.reason = "ServiceUnavailable";
    status.message = std::move(sentence);
    return error(std::move(status));
}

task<cluster_state> state_with_service(kube::client on, std::string ns, target what)
{
    return with_service(std::move(on), std::move(ns), std::move(what));
}

task<head_service> find_head_service(kube::client on, std::string ns, target what)
{
    return head_of(std::move(on), std::move(ns), std::move(what));
}

task<std::string> find_cluster_name(kube::client on, std::string ns, target what)
{
    return cluster_name(std::move(on), std::move(ns), std::move(what));
}

}  // namespace kuberay::ray
