#include "unit/kube/forward/forward_world.hpp"

#include <functional>

namespace kuberay::kube {
namespace {

using namespace test;

std::string service_yaml(std::string const& name, std::string const& spec)
{
    return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: default}\nspec: {" + spec + "}\n";
}

void put_services(testing::api_server& in)
{
    std::string const ports =
        "ports: [{name: dash, port: 8265, targetPort: dash}, {name: num, port: 9000, targetPort: 80}, "
        "{name: udp, port: 53, protocol: UDP}, {name: same-udp, port: 54, protocol: UDP}, "
        "{name: same-tcp, port: 54, targetPort: 80}, {name: lost, port: 7, targetPort: missing}, "
        "{name: plain, port: 6379}]";
    in.put_yaml(service_yaml("s", "clusterIP: 10.0.0.1, selector: {app: x}, " + ports));
    in.put_yaml(service_yaml("bare", "clusterIP: 10.0.0.2, ports: [{port: 80}]"));
    in.put_yaml(service_yaml("outside", "type: ExternalName, externalName: example.org, ports: [{port: 80}]"));
    in.put_yaml(service_yaml("empty", "clusterIP: 10.0.0.3, selector: {app: z}, ports: [{port: 80}]"));
    in.put_yaml(service_yaml("headless", "clusterIP: None, selector: {app: x}, ports: [{port: 8265, targetPort: 80}]"));
}

task<result<pod_port>> resolved(kube::client on, std::string service, std::uint16_t port)
{
    task<pod_port> asking = resolve_service_port(on, "default", service, port);
    result<pod_port> const found = co_await as_result(std::move(asking));
    co_return found;
}

KUBERAY_CO_TEST(ServicePort, is_dialled_through_a_tunnel_that_lasts_as_long_as_the_connection)
{
    forward_world in(co_await asio::this_coro::executor);
    put_services(in.server);
    net::byte_stream dialled = co_await dial_service(in.client, "", "s", 8265);
    ending const end = co_await exchange_on(&dialled, "hi");
    EXPECT_EQ(end.bytes, "one:hi");
    EXPECT_EQ(in.streams.sessions(), 1U);
    dialled = net::byte_stream();
    std::function<bool()> const is_over = [&] { return in.streams.sessions() == 0; };
    co_await in.server.until(is_over);
}

KUBERAY_CO_TEST(ServicePort, is_a_port_of_a_ready_pod_or_an_error_that_says_why_there_is_none)
{
    forward_world in(co_await asio::this_coro::executor);
    put_services(in.server);
    in.server.put_yaml(pod_yaml("a-unready", "app: x"));
    in.server.put_yaml(pod_yaml("other", "app: y", ready));
    struct row {
        char const* service;
        std::uint16_t port;
        int found;  // 0: `code`
        error_code code;
        char const* words;
    };
    for (row const& r : {
             row{"s", 8265, 80, {}, ""},
             row{"s", 9000, 80, {}, ""},
             row{"s", 54, 80, {}, ""},
             row{"s", 6379, 6379, {}, ""},
             row{"headless", 8265, 8265, {}, ""},
             row{"s", 53, 0, errc::bad_input, "is for UDP"},
             row{"s", 1, 0, errc::bad_input, "8265 (dash), 9000 (num), 54 (same-tcp), 7 (lost), 6379 (plain)"},
             row{"s", 7, 0, errc::bad_input, "\"missing\""},
             row{"bare", 80, 0, errc::unsatisfiable, "selector"},
             row{"outside", 80, 0, errc::unsatisfiable, "selector"},
             row{"empty", 80, 0, reason::unavailable, "no pod of the service \"default/empty\" exists"},
             row{"nobody", 80, 0, reason::not_found, "nobody"},
         }) {
        result<pod_port> const found = co_await resolved(in.client, r.service, r.port);
        EXPECT_EQ(found.has_value(), r.found > 0) << r.service << ":" << r.port << error_of(found).message();
        if (found.has_value()) {
            EXPECT_EQ(found->ns, "default");
            EXPECT_EQ(found->pod, "one") << r.service << ":" << r.port;
            EXPECT_EQ(found->port, r.found) << r.service << ":" << r.port;
        }
        EXPECT_EQ(error_of(found).code(), r.code) << r.service << ":" << r.port;
        EXPECT_NE(error_of(found).message().find(r.words), std::string::npos) << error_of(found).message();
    }
}

KUBERAY_CO_TEST(ServicePort, prefers_ready_pods_then_running_ones_and_never_those_that_go)
{
    forward_world in(co_await asio::this_coro::executor);
    put_services(in.server);
    in.server.remove("pods", "default", "one");
    std::string leaving = pod_yaml("leaving", "app: x", ready);
    leaving.replace(leaving.find("labels"), 0, "deletionTimestamp: \"2026-01-01T00:00:00Z\", finalizers: [x/y], ");
    in.server.put_yaml(leaving);
    std::string pending = pod_yaml("pending", "app: x");
    pending.replace(pending.find("Running"), 7, "Pending");
    in.server.put_yaml(pending);
    result<pod_port> found = co_await resolved(in.client, "s", 8265);
    EXPECT_EQ(error_of(found).code(), reason::unavailable) << error_of(found).message();
    EXPECT_NE(error_of(found).message().find("runs (yet), of 2"), std::string::npos) << error_of(found).message();
    in.server.put_yaml(pod_yaml("starting", "app: x"));
    found = co_await resolved(in.client, "s", 8265);
    EXPECT_TRUE(found.has_value() && found->pod == "starting") << error_of(found).message();
    in.server.put_yaml(pod_yaml("zz-ready", "app: x", ready));
    found = co_await resolved(in.client, "s", 8265);
    EXPECT_TRUE(found.has_value() && found->pod == "zz-ready") << error_of(found).message();
}

KUBERAY_CO_TEST(ServicePort, finds_named_ports_in_sidecars_and_only_for_tcp)
{
    forward_world in(co_await asio::this_coro::executor);
    in.server.remove("pods", "default", "one");
    in.server.put_yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: two, namespace: default, labels: {app: x}}\n"
                       "spec:\n"
                       "  initContainers:\n"
                       "  - {name: done, image: x, ports: [{name: gone, containerPort: 1}]}\n"
                       "  - {name: side, image: x, restartPolicy: Always, ports: [{name: side, containerPort: 2}]}\n"
                       "  containers:\n"
                       "  - {name: a, image: x, ports: [{name: dns, containerPort: 3, protocol: UDP}]}\n"
                       "  - {name: b, image: x, ports: [{name: dns, containerPort: 4}]}\n"
                       "status: {phase: Running}\n");
    in.server.put_yaml(service_yaml(
        "s", "clusterIP: 10.0.0.1, selector: {app: x}, ports: [{name: g, port: 1, targetPort: gone}, "
             "{name: s, port: 2, targetPort: side}, {name: d, port: 3, targetPort: dns}]"
    ));
    result<pod_port> found = co_await resolved(in.client, "s", 1);
    EXPECT_EQ(error_of(found).code(), errc::bad_input) << "a container that has ended serves nothing";
    found = co_await resolved(in.client, "s", 2);
    EXPECT_TRUE(found.has_value() && found->port == 2) << error_of(found).message();
    found = co_await resolved(in.client, "s", 3);
    EXPECT_TRUE(found.has_value() && found->port == 4) << error_of(found).message();
}

}  // namespace
}  // namespace kuberay::kube
