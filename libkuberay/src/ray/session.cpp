#include "base/quote.hpp"

#include <kuberay/kube/api.hpp>
#include <kuberay/net/dialer.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/job.hpp>
#include <kuberay/ray/service.hpp>
#include <kuberay/ray/session.hpp>

#include <utility>

namespace kuberay::ray {
namespace {

// What the status of an object says of its cluster.
struct cluster_state {
    cluster_state() = default;
    std::string cluster, service;
    bool is_over = false;  ///< it will never have one (again)
    std::string state;     ///< for a person
};

error unavailable(std::string sentence)
{
    server_status status;
    status.http_status = 503;
    status.reason = "ServiceUnavailable";
    status.message = std::move(sentence);
    return error(std::move(status));
}

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
    return unavailable(std::move(sentence));
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

// What is gone may come back while the target itself lives.
error not_there(target const& what, cluster_state const& now, error const& cause)
{
    std::string const sentence =
        "the head service " + kuberay::quoted(now.service) + " of " + what.str() + " is not there";
    if (cause.code() != reason::not_found) return cause;
    if (now.is_over) return error(errc::unsatisfiable, sentence + ", and " + what.str() + " is over");
    return unavailable(sentence + " (yet)");
}

task<kube::forward_place> place_of(kube::client on, std::string ns, target what, std::vector<session_port> ports)
{
    cluster_state const now = co_await with_service(on, ns, what);
    std::vector<task<kube::pod_port>> asking;
    for (session_port const& port : ports)
        asking.push_back(kube::resolve_service_port(on, ns, now.service, port.mapping.remote));
    std::vector<result<kube::pod_port>> const found = co_await run_all(std::move(asking));
    kube::forward_place place;
    place.ns = ns;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i].has_value()) {
            place.pod = found[i]->pod;
            place.ports.push_back(found[i]->port);
        } else if (found[i].error().code() == errc::bad_input) {
            place.ports.push_back(ports[i].mapping.remote);
        } else {
            throw failure(not_there(what, now, found[i].error()));
        }
    }
    if (place.pod.empty()) {
        kube::pod const head = co_await find_node(on, ns, now.cluster, std::string());
        place.pod = head.metadata.name;
    }
    co_return place;
}

constexpr std::chrono::seconds longest_try(30);

// The first bytes of the answer.
task<std::string> answer_of(asio::any_io_executor executor, net::connect_options where)
{
    net::byte_stream connection = co_await net::dial(executor, where);
    std::string const authority = where.server.authority();
    co_await net::write_all(&connection, "GET / HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n\r\n");
    std::string head;
    while (head.size() < 5) {
        std::string const piece = co_await net::read_some(&connection);
        if (piece.empty()) break;
        head += piece;
    }
    connection.close();
    co_return head;
}

task<void>
answering(asio::any_io_executor executor, std::string address, std::uint16_t port, std::chrono::milliseconds pause)
{
    net::connect_options where;
    where.server.scheme = "http";
    where.server.host = address;
    where.server.port = port;
    for (;;) {
        task<std::string> bounded = with_timeout(longest_try, answer_of(executor, where));
        result<std::string> const answered = co_await as_result(std::move(bounded));
        if (answered.has_value() && answered->starts_with("HTTP/")) co_return;
        if (answered.has_error() && is_cancellation(answered.error())) throw failure(answered.error());
        co_await sleep_for(pause);
    }
}

session_port labelled(char const* label, char const* scheme, std::uint16_t port)
{
    session_port made;
    made.label = label;
    made.scheme = scheme;
    made.mapping = kube::port_mapping(port, port);
    return made;
}

}  // namespace

std::vector<session_port> session_ports(target_kind kind)
{
    std::vector<session_port> ports{labelled("Ray Dashboard", "http", 8265)};
    if (kind == target_kind::cluster) ports.push_back(labelled("Ray Interactive Client", "ray", 10001));
    if (kind == target_kind::service) ports.push_back(labelled("Ray Serve", "http", 8000));
    return ports;
}

task<head_service> find_head_service(kube::client on, std::string ns, target what)
{
    return head_of(std::move(on), std::move(ns), std::move(what));
}

task<std::string> find_cluster_name(kube::client on, std::string ns, target what)
{
    return cluster_name(std::move(on), std::move(ns), std::move(what));
}

kube::forward_resolver session_resolver(kube::client on, std::string ns, target what, std::vector<session_port> ports)
{
    return [on = std::move(on), ns = std::move(ns), what = std::move(what), ports = std::move(ports)] {
        return place_of(on, ns, what, ports);
    };
}

task<void>
wait_answering(asio::any_io_executor executor, std::string address, std::uint16_t port, std::chrono::milliseconds pause)
{
    return answering(std::move(executor), std::move(address), port, pause);
}

}  // namespace kuberay::ray
