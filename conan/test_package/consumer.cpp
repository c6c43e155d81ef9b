#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/version.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

// Links the library and runs it without a cluster: a request to a port on which nobody listens.
int main()
{
    kuberay::asio::io_context io;
    kuberay::kube::load_options options;
    options.kubeconfig = "/dev/null";
    options.server = "http://127.0.0.1:1";
    kuberay::kube::client const client(io.get_executor(), kuberay::kube::load_config(options));
    kuberay::net::http_request request;
    bool refused = false;
    kuberay::async_run(io.get_executor(), client.send_for_json(request), [&](kuberay::result<kuberay::json::value> r) {
        refused = r.has_error();
        if (refused) std::cout << "as expected: " << r.error().message() << '\n';
    });
    io.run();
    std::cout << "kuberay " << KUBERAY_VERSION << '\n';
    return refused ? 0 : 1;
}
