// Generates a Ray cluster from a few words, applies it and waits for it: apply_cluster NAMESPACE NAME

#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster_config.hpp>
#include <kuberay/ray/generation.hpp>
#include <kuberay/ray/wait.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using namespace kuberay;

namespace {

task<void> apply_cluster(kube::client client, std::string ns, std::string name)
{
    ray::cluster_config config;
    config.ns = ns;
    config.name = name;
    config.worker_groups.front().replicas = 2;
    kube::object const wanted(ray::generate_cluster(config));

    // Server-side apply: creates the cluster, or changes exactly these fields of it. A field that somebody else has
    // set to another value is a conflict, unless `force` is set.
    kube::apply_params params;
    params.field_manager = "apply-cluster-example";
    auto const clusters = kube::api<kube::object>::in_ns(client, ray::cluster::type(), ns);
    auto const stored = co_await clusters.apply(wanted, params);
    std::cout << "applied " << stored.metadata.name << " at version " << stored.metadata.resource_version << '\n';

    ray::wait_options waiting;
    waiting.timeout = std::chrono::minutes(5);
    waiting.on_progress = [](ray::progress const& p) {
        std::cout << p.pods_ready << " of " << p.pods_wanted << " pods are ready" << std::endl;
    };
    auto const ready = co_await ray::wait_cluster_ready(client, ns, name, stored.metadata.uid, waiting);
    std::cout << ready.metadata.name << " is ready, its head is " << ready.status.head.pod_name << '\n';
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    asio::io_context io;
    result<void> ended;
    try {
        kube::client const client(io.get_executor(), kube::load_config());
        async_run(io.get_executor(), apply_cluster(client, argv[1], argv[2]), [&](result<void> r) { ended = r; });
        io.run();
    } catch (failure const& f) {
        ended = f.error();
    }
    if (ended.has_error()) std::cerr << "error: " << ended.error().message() << '\n' << ended.error().hint() << '\n';
    return ended.has_error() ? 1 : 0;
}
