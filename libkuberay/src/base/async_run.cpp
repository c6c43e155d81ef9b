#include <kuberay/base/async_run.hpp>

#include <boost/asio/co_spawn.hpp>

namespace kuberay::detail {

void spawn(asio::any_io_executor executor, task<void> op, asio::any_completion_handler<void(std::exception_ptr)> done)
{
    asio::co_spawn(std::move(executor), std::move(op), std::move(done));
}

}  // namespace kuberay::detail
