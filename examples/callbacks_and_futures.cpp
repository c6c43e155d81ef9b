// The library from code without coroutines: a callback, a future, and several requests at once.

#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/api.hpp>
#include <kuberay/kube/core.hpp>
#include <kuberay/ray/cluster.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>
#include <thread>

using namespace kuberay;

int main()
{
    // One thread runs the library; a client belongs to the executor it was made with.
    asio::io_context io(1);
    auto work = asio::make_work_guard(io);
    std::thread runner([&] { io.run(); });
    int exit_code = 0;
    try {
        kube::client const client(io.get_executor(), kube::load_config());
        auto const clusters = kube::api<ray::cluster>::cluster_wide(client);

        // A future: the calling thread waits. The result holds the value or the error.
        auto listing = async_run(io.get_executor(), clusters.list(), asio::use_future);
        auto const all = listing.get().value();
        std::cout << all.items.size() << " clusters at version " << all.resource_version << '\n';

        // A callback: called on the executor's thread.
        async_run(
            io.get_executor(), kube::api<ray::cluster>::in_ns(client, "default").find("surely-not-there"),
            [](result<std::optional<ray::cluster>> found) {
                std::cout << (found && !*found ? "no such cluster\n" : "unexpected\n");
            }
        );

        // Two requests at once, each with a deadline; an error of one does not disturb the other.
        std::vector<task<kube::object_list<ray::cluster>>> both;
        for (auto const* ns : {"default", "kube-system"})
            both.push_back(with_timeout(std::chrono::seconds(10), kube::api<ray::cluster>::in_ns(client, ns).list()));
        auto answers = async_run(io.get_executor(), run_all(std::move(both)), asio::use_future);
        for (auto const& answer : answers.get().value())
            std::cout << (answer ? std::to_string(answer->items.size()) : answer.error().message()) << '\n';
    } catch (failure const& f) {
        std::cerr << "error: " << f.error().message() << '\n';
        exit_code = 1;
    }
    work.reset();
    runner.join();
    return exit_code;
}
