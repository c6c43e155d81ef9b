#include <kuberay/testing/api_server.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>
#include <utility>

namespace kuberay::testing {

struct api_server_thread::implementation {
    explicit implementation(api_server_options options)
        : io(1)
        , work(io.get_executor())
        , server(std::in_place, io.get_executor(), std::move(options))
    {
        server->start();
        thread = std::thread([this] { io.run(); });
    }

    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;

    ~implementation()
    {
        asio::post(io, [this] { server.reset(); });
        work.reset();
        thread.join();
    }

    asio::io_context io;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::optional<api_server> server;
    std::thread thread;
};

api_server_thread::api_server_thread(api_server_options options)
    : implementation_(std::make_unique<implementation>(std::move(options)))
    , kubeconfig_(implementation_->server->kubeconfig())
    , url_(implementation_->server->url())
{
}

api_server_thread::~api_server_thread() = default;

void api_server_thread::run(std::function<void(api_server&)> work)
{
    std::promise<void> done;
    asio::post(implementation_->io, [&] {
        try {
            work(*implementation_->server);
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

}  // namespace kuberay::testing
