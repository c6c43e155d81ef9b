#include <kuberay/base/async_run.hpp>
#include <kuberay/base/quantity.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>
#include <kuberay/version.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

// Counts the Ray clusters of the cluster that $KUBECONFIG names.
int main()
{
    kuberay::asio::io_context io;
    kuberay::kube::client const client(io.get_executor(), kuberay::kube::load_config());
    auto const clusters = kuberay::kube::api<kuberay::ray::cluster>::cluster_wide(client);
    bool listed = false;
    auto const done = [&](kuberay::result<kuberay::kube::object_list<kuberay::ray::cluster>> all) {
        listed = all.has_value();
        if (listed)
            std::cout << "clusters: " << all->items.size() << '\n';
        else
            std::cout << "error: " << all.error().message() << '\n';
    };
    kuberay::async_run(io.get_executor(), clusters.list(), done);
    io.run();
    bool const exact = kuberay::quantity::parse("1024Mi").value().str() == "1Gi";
    std::cout << "kuberay " << KUBERAY_VERSION << '\n';
    return listed && exact ? 0 : 1;
}
