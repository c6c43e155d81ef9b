#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/find_node.hpp>
#include <kuberay/ray/session.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kuberay::ray {
namespace {

using test::message_of;
using test::server_and_client;

char const* const head_status = R"("spec": {}, "status": {"head": {"serviceName": "demo-head-svc"}})";

void put_service(server_and_client& lab, std::string const& name)
{
    lab.put(
        R"({"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "default", "name": ")" + name
        + R"("}, "spec": {"selector": {"ray.io/cluster": "demo", "ray.io/node-type": "head"},
        "ports": [{"name": "dashboard", "port": 8265, "targetPort": 18265}]}})"
    );
}

void put_job(server_and_client& lab, std::string const& status)
{
    lab.put(
        R"({"apiVersion": "ray.io/v1", "kind": "RayJob", "metadata": {"namespace": "default", "name": "nightly"},
        "spec": {"entrypoint": "true"}, "status": )"
        + status + "}"
    );
}

KUBERAY_CO_TEST(session_target, the_head_service_of_a_cluster_is_the_one_in_its_status)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("demo", head_status);
    target const what(target_kind::cluster, "demo");
    head_service const found = co_await find_head_service(lab.client, "default", what);
    EXPECT_EQ(found.cluster, "demo");
    EXPECT_EQ(found.service, "demo-head-svc");
}

KUBERAY_CO_TEST(session_target, a_cluster_without_head_service_is_unavailable_and_a_missing_one_not_found)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("new", R"("spec": {"suspend": true})");
    target const waiting(target_kind::cluster, "new"), missing(target_kind::cluster, "none");
    task<head_service> first = find_head_service(lab.client, "default", waiting);
    result<head_service> const unready = co_await as_result(std::move(first));
    EXPECT_EQ(unready.error().code(), reason::unavailable);
    EXPECT_NE(message_of(unready).find("raycluster/new has no head service yet: it is suspended"), std::string::npos)
        << message_of(unready);
    task<head_service> second = find_head_service(lab.client, "default", missing);
    result<head_service> const absent = co_await as_result(std::move(second));
    EXPECT_EQ(absent.error().code(), reason::not_found);
}

KUBERAY_CO_TEST(session_target, a_job_leads_to_its_cluster_and_a_finished_one_without_cluster_cannot)
{
    server_and_client lab(co_await asio::this_coro::executor);
    target const what(target_kind::job, "nightly");
    put_job(lab, R"({"jobDeploymentStatus": "Running", "rayClusterName": "nightly-x",
        "rayClusterStatus": {"head": {"serviceName": "nightly-x-head-svc"}}})");
    head_service const found = co_await find_head_service(lab.client, "default", what);
    EXPECT_EQ(found.cluster, "nightly-x");
    EXPECT_EQ(found.service, "nightly-x-head-svc");
    put_job(lab, R"({"jobDeploymentStatus": "Initializing"})");
    task<std::string> early = find_cluster_name(lab.client, "default", what);
    result<std::string> const unready = co_await as_result(std::move(early));
    EXPECT_EQ(unready.error().code(), reason::unavailable);
    put_job(lab, R"({"jobDeploymentStatus": "Complete", "jobStatus": "SUCCEEDED"})");
    task<std::string> late = find_cluster_name(lab.client, "default", what);
    result<std::string> const over = co_await as_result(std::move(late));
    EXPECT_EQ(over.error().code(), errc::unsatisfiable);
    EXPECT_EQ(message_of(over), "rayjob/nightly is over and has no Ray cluster");
}

KUBERAY_CO_TEST(session_target, a_service_leads_to_its_active_cluster_and_to_the_pending_one_before_there_is_one)
{
    server_and_client lab(co_await asio::this_coro::executor);
    target const what(target_kind::service, "chat");
    std::string const start =
        R"({"apiVersion": "ray.io/v1", "kind": "RayService", "metadata": {"namespace": "default", "name": "chat"},
        "spec": {}, "status": {)";
    lab.put(start + R"("pendingServiceStatus": {"rayClusterName": "chat-a"}}})");
    std::string const first = co_await find_cluster_name(lab.client, "default", what);
    EXPECT_EQ(first, "chat-a");
    lab.put(
        start
        + R"("activeServiceStatus": {"rayClusterName": "chat-a"}, "pendingServiceStatus": {"rayClusterName": "chat-b"}}})"
    );
    std::string const second = co_await find_cluster_name(lab.client, "default", what);
    EXPECT_EQ(second, "chat-a");
}

KUBERAY_CO_TEST(session_target, a_cron_job_is_refused_with_what_to_name_instead)
{
    server_and_client lab(co_await asio::this_coro::executor);
    target const what(target_kind::cron_job, "nightly");
    task<std::string> asking = find_cluster_name(lab.client, "default", what);
    result<std::string> const refused = co_await as_result(std::move(asking));
    EXPECT_EQ(refused.error().code(), errc::bad_input);
    EXPECT_EQ(refused.error().hint(), "name one of its RayJobs: rayjob/NAME");
}

KUBERAY_CO_TEST(session_resolver, it_gives_the_pod_behind_the_service_with_target_ports_and_others_as_they_are)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("demo", head_status);
    put_service(lab, "demo-head-svc");
    lab.put_pod("demo-head-a", "demo", "headgroup", true);
    std::vector<session_port> const ports = session_ports(target_kind::cluster);
    target const what(target_kind::cluster, "demo");
    kube::forward_resolver const resolve = session_resolver(lab.client, "default", what, ports);
    kube::forward_place const first = co_await resolve();
    EXPECT_EQ(first.pod, "demo-head-a");
    EXPECT_EQ(first.ports, (std::vector<std::uint16_t>{18265, 10001}));
    lab.server.remove("pods", "default", "demo-head-a");
    lab.put_pod("demo-head-b", "demo", "headgroup", true);
    kube::forward_place const second = co_await resolve();
    EXPECT_EQ(second.pod, "demo-head-b") << "every call looks anew";
}

KUBERAY_CO_TEST(session_resolver, a_head_service_that_is_not_there_yet_is_worth_waiting_for)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("demo", head_status);
    std::vector<session_port> const ports = session_ports(target_kind::cluster);
    target const what(target_kind::cluster, "demo");
    kube::forward_resolver const resolve = session_resolver(lab.client, "default", what, ports);
    task<kube::forward_place> asking = resolve();
    result<kube::forward_place> const found = co_await as_result(std::move(asking));
    EXPECT_EQ(found.error().code(), reason::unavailable) << message_of(found);
}

KUBERAY_CO_TEST(find_node, a_ready_head_comes_before_one_that_only_runs)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("demo");
    lab.put_pod("demo-head-a", "demo", "headgroup", false);
    lab.put_pod("demo-head-b", "demo", "headgroup", true);
    lab.put_pod("demo-pool-c", "demo", "pool", true);
    kube::pod const head = co_await find_node(lab.client, "default", "demo", "");
    EXPECT_EQ(head.metadata.name, "demo-head-b");
    kube::pod const worker = co_await find_node(lab.client, "default", "demo", "demo-pool-c");
    EXPECT_EQ(worker.metadata.name, "demo-pool-c");
}

KUBERAY_CO_TEST(find_node, what_is_missing_is_named)
{
    server_and_client lab(co_await asio::this_coro::executor);
    lab.put_cluster("demo");
    task<kube::pod> one = find_node(lab.client, "default", "demo", "");
    result<kube::pod> const no_head = co_await as_result(std::move(one));
    EXPECT_EQ(no_head.error().code(), reason::unavailable);
    task<kube::pod> two = find_node(lab.client, "default", "none", "");
    result<kube::pod> const no_cluster = co_await as_result(std::move(two));
    EXPECT_EQ(no_cluster.error().code(), reason::not_found);
    EXPECT_NE(message_of(no_cluster).find("rayclusters.ray.io \"none\" not found"), std::string::npos);
    lab.put_pod("other-head", "other", "headgroup", true);
    task<kube::pod> three = find_node(lab.client, "default", "demo", "other-head");
    result<kube::pod> const elsewhere = co_await as_result(std::move(three));
    EXPECT_EQ(elsewhere.error().code(), reason::not_found) << "a pod of another cluster";
}

task<void> answer_second_time(asio::ip::tcp::acceptor* on)
{
    asio::ip::tcp::socket first = co_await on->async_accept(asio::use_awaitable);
    first.close();
    asio::ip::tcp::socket second = co_await on->async_accept(asio::use_awaitable);
    std::string const text = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
    asio::const_buffer const bytes = asio::buffer(text);
    std::size_t const sent = co_await second.async_write_some(bytes, asio::use_awaitable);
    EXPECT_EQ(sent, text.size());
}

KUBERAY_CO_TEST(wait_answering, any_status_is_an_answer_and_a_closed_connection_is_not)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    asio::ip::tcp::acceptor listening(executor, {asio::ip::address_v4::loopback(), 0});
    std::uint16_t const port = listening.local_endpoint().port();
    std::vector<task<void>> both;
    both.push_back(answer_second_time(&listening));
    both.push_back(wait_answering(executor, "127.0.0.1", port, std::chrono::milliseconds(1)));
    std::vector<result<void>> const ends = co_await run_all(std::move(both));
    for (result<void> const& each : ends)
        EXPECT_TRUE(each.has_value()) << message_of(each);
}

}  // namespace
}  // namespace kuberay::ray
