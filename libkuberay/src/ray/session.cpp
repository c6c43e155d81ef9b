#include "base/quote.hpp"
#include "ray/cluster_state.hpp"

#include <kuberay/net/dialer.hpp>
#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/session.hpp>

#include <utility>

namespace kuberay::ray {
namespace {

// What is gone may come back while the target itself lives.
error not_there(target const& what, cluster_state const& now, error const& cause)
{
    std::string const sentence =
        "the head service " + kuberay::quoted(now.service) + " of " + what.str() + " is not there";
    if (cause.code() != reason::not_found) return cause;
    if (now.is_over) return error(errc::unsatisfiable, sentence + ", and " + what.str() + " is over");
    return not_available_yet(sentence + " (yet)");
}

task<kube::forward_place> place_of(kube::client on, std::string ns, target what, std::vector<session_port> ports)
{
    cluster_state const now = co_await state_with_service(on, ns, what);
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
