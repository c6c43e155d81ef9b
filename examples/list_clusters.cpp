// Lists Ray clusters as the server sends them, one at a time: list_clusters [NAMESPACE]

#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/ray/cluster_row.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

using namespace kuberay;

namespace {

kube::api<ray::cluster> clusters_of(kube::client client, std::string ns)
{
    if (ns.empty()) return kube::api<ray::cluster>::cluster_wide(std::move(client));
    return kube::api<ray::cluster>::in_ns(std::move(client), std::move(ns));
}

void print(ray::cluster cluster)
{
    auto const row = ray::row_of(cluster, std::chrono::system_clock::now());
    std::cout << row.ns << '/' << row.name << ": " << row.status << ", " << row.available_workers << " of "
              << row.desired_workers << " workers, " << row.age << " old\n";
}

}  // namespace

int main(int argc, char** argv)
{
    asio::io_context io;
    int exit_code = 1;
    try {
        // [readme]
        // The configuration that kubectl would use: $KUBECONFIG, ~/.kube/config, or that of the pod we run in.
        kube::client const client(io.get_executor(), kube::load_config());
        auto const clusters = clusters_of(client, argc > 1 ? argv[1] : "");
        async_run(io.get_executor(), clusters.list_each(kube::list_params(), print), [&](result<std::string> version) {
            if (version)
                exit_code = 0;
            else
                std::cerr << "error: " << version.error().message() << '\n';
        });
        io.run();
        // [/readme]
    } catch (failure const& f) {
        std::cerr << "error: " << f.error().message() << '\n';
    }
    return exit_code;
}
