#include "cli/blocking.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <thread>

namespace cli {

namespace asio = kuberay::asio;

namespace {

struct running_thread {
    running_thread(asio::any_io_executor executor, stop_request stop_)
        : changed(executor)
        , busy(executor)
        , stop(std::move(stop_))
    {
    }

    kuberay::condition changed;
    asio::executor_work_guard<asio::any_io_executor> busy;  // the loop does not end while the thread runs
    stop_request stop;
    std::exception_ptr thrown;
    bool ended = false;
};

/// Joined on every way out: what the thread writes to is ours.
class joined_on_leaving {
public:
    joined_on_leaving(std::thread which, stop_request stop)
        : which_(std::move(which))
        , stop_(std::move(stop))
    {
    }

    ~joined_on_leaving()
    {
        stop_->store(true);
        which_.join();
    }

    joined_on_leaving(joined_on_leaving const&) = delete;
    joined_on_leaving& operator=(joined_on_leaving const&) = delete;

private:
    std::thread which_;
    stop_request stop_;
};

}  // namespace

void throw_if_stopped(stop_request const& stop)
{
    if (stop->load()) throw failure(asio::error::operation_aborted, "stopped");
}

task<void> detail::run_on_thread(asio::any_io_executor executor, std::function<void()> work, stop_request stop)
{
    auto const shared = std::make_shared<running_thread>(executor, stop);
    std::thread thread([shared, executor, work = std::move(work)] {
        std::exception_ptr thrown;
        try {
            work();
        } catch (...) {
            thrown = std::current_exception();
        }
        asio::post(executor, [shared, thrown] {
            shared->thrown = thrown;
            shared->ended = true;
            shared->busy.reset();
            shared->changed.notify_all();
        });
    });
    joined_on_leaving const guard(std::move(thread), stop);
    while (!shared->ended)
        co_await shared->changed.wait();
    if (shared->thrown) std::rethrow_exception(shared->thrown);
}

}  // namespace cli
