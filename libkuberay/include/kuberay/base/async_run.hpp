#pragma once

#include <kuberay/base/task.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace kuberay {
namespace detail {

void spawn(asio::any_io_executor executor, task<void> op, asio::any_completion_handler<void(std::exception_ptr)> done);

template <class T>
task<void> store_shared(task<T> op, std::shared_ptr<outcome<T>> into)
{
    co_await store(std::move(op), into.get());
}

}  // namespace detail

/// Starts `op` on `executor` and completes any completion token (callback, `use_future`, `deferred`, ...) with
/// `void(result<T>)`. The way into the library from code that is not a coroutine.
///
/// Cancellation: the token's slot cancels `op`; emit from `executor`.
/// An exception that is neither `failure` nor `system_error` (a defect) leaves through the executor's `run()`.
template <class T, class Token>
auto async_run(asio::any_io_executor executor, task<T> op, Token&& token)
{
    return asio::async_initiate<Token, void(result<T>)>(
        [](auto handler, asio::any_io_executor on, task<T> work) {
            auto const slot = asio::get_associated_cancellation_slot(handler);
            auto const completes_on = asio::get_associated_executor(handler, on);
            auto outcome = std::make_shared<detail::outcome<T>>();
            auto done = [handler = std::move(handler), outcome](std::exception_ptr thrown) mutable {
                if (thrown) std::rethrow_exception(thrown);
                std::move(handler)(std::move(*outcome->value));
            };
            task<void> stored = detail::store_shared(std::move(work), outcome);
            detail::spawn(
                on, std::move(stored),
                asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(done)))
            );
        },
        token, std::move(executor), std::move(op)
    );
}

}  // namespace kuberay
