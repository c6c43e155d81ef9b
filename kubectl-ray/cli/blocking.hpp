#pragma once

#include "cli/names.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace cli {

/// Tells work on another thread that nobody waits for it any more.
using stop_request = std::shared_ptr<std::atomic<bool>>;

/// Throws a cancellation when `stop` was requested; for the callbacks of blocking library functions.
void throw_if_stopped(stop_request const& stop);

namespace detail {

task<void> run_on_thread(kuberay::asio::any_io_executor executor, std::function<void()> work, stop_request stop);

}  // namespace detail

/// Runs what blocks (reading many files) on a thread of its own, so that signals are seen meanwhile.
///
/// Errors: what `work` throws. Cancellation: `stop` is set, and the thread has ended before this returns.
template <class T>
task<T> run_blocking(kuberay::asio::any_io_executor executor, std::function<T(stop_request stop)> work)
{
    auto const stop = std::make_shared<std::atomic<bool>>(false);
    auto const outcome = std::make_shared<std::optional<T>>();
    std::function<void()> const body = [work = std::move(work), outcome, stop] { outcome->emplace(work(stop)); };
    co_await detail::run_on_thread(executor, body, stop);
    co_return std::move(**outcome);
}

}  // namespace cli
