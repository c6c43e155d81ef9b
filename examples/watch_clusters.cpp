// Prints every change of a Ray cluster in a namespace, until Ctrl-C or COUNT changes: watch_clusters NAMESPACE [COUNT]

#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/ray/cluster.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <iostream>

using namespace kuberay;

namespace {

task<void> watch_clusters(kube::client client, std::string ns, int count)
{
    auto const clusters = kube::api<ray::cluster>::in_ns(std::move(client), std::move(ns));
    auto watcher = clusters.watch();
    watcher.on_reconnect([](error const& cause) { std::cerr << "reconnecting: " << cause.message() << '\n'; });
    constexpr char const* words[] = {"added", "modified", "deleted", "synced"};
    while (count != 0) {
        auto const event = co_await watcher.next();
        std::cout << words[static_cast<int>(event.change)] << ' ' << event.object.metadata.name << std::endl;
        if (count > 0) --count;
    }
}

}  // namespace

int main(int argc, char** argv)
{
    asio::io_context io;
    int exit_code = 0;
    try {
        kube::client const client(io.get_executor(), kube::load_config());
        // Cancelling is the emission of a signal, from the executor on which the operation runs.
        asio::cancellation_signal stop;
        asio::signal_set interrupts(io, SIGINT, SIGTERM);
        interrupts.async_wait([&](error_code, int) { stop.emit(asio::cancellation_type::terminal); });
        auto const done = [&](result<void> ended) {
            interrupts.cancel();
            if (ended || is_cancellation(ended.error())) return;
            std::cerr << "error: " << ended.error().message() << '\n';
            exit_code = 1;
        };
        task<void> watching = watch_clusters(client, argc > 1 ? argv[1] : "", argc > 2 ? std::stoi(argv[2]) : -1);
        async_run(io.get_executor(), std::move(watching), asio::bind_cancellation_slot(stop.slot(), done));
        io.run();
    } catch (failure const& f) {
        std::cerr << "error: " << f.error().message() << '\n';
        exit_code = 1;
    }
    return exit_code;
}
