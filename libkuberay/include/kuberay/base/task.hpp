#pragma once

#include <kuberay/base/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace kuberay {

namespace asio = boost::asio;

/// A question with an answer. Lazy: nothing happens before it is awaited. It throws `failure`, and honours
/// terminal cancellation. Tasks of one client run on one executor, which must be serial: an `io_context` run by
/// one thread, or a strand.
template <class T>
using task = asio::awaitable<T>;

namespace detail {

template <class T>
struct outcome {
    std::optional<result<T>> value;
};

template <class T>
task<void> store(task<T> op, outcome<T>* into)
{
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(op);
            into->value.emplace();
        } else {
            T value = co_await std::move(op);
            into->value.emplace(boost::system::in_place_value, std::move(value));
        }
    } catch (...) {
        into->value.emplace(boost::system::in_place_error, current_error());
    }
}

enum class bound_end { finished, expired };

task<bound_end> run_bounded(std::chrono::steady_clock::duration limit, task<void> op);

task<void> run_together(std::vector<task<void>> ops, std::size_t at_once);

}  // namespace detail

/// The outcome of `op` as a value: what it returned, or the error it threw. Exceptions that are neither `failure`
/// nor `system_error` (defects) pass through.
template <class T>
task<result<T>> as_result(task<T> op)
{
    detail::outcome<T> outcome;
    co_await detail::store(std::move(op), &outcome);
    co_return std::move(*outcome.value);
}

/// Bounds `op` by `limit`; zero means no bound.
///
/// Errors: those of `op`; `errc::timed_out` when the limit passed first. `op` is then cancelled and has ended before
/// this returns; if it ended with a value in that moment, the value wins.
template <class T>
task<T> with_timeout(std::chrono::steady_clock::duration limit, task<T> op)
{
    detail::outcome<T> outcome;
    task<void> stored = detail::store(std::move(op), &outcome);
    detail::bound_end const end = co_await detail::run_bounded(limit, std::move(stored));
    if (end == detail::bound_end::expired && (!outcome.value || outcome.value->has_error()))
        throw failure(errc::timed_out, "the deadline passed");
    if constexpr (std::is_void_v<T>)
        outcome.value->value();
    else
        co_return std::move(*outcome.value).value();
}

/// Runs tasks at the same time, at most `at_once` of them, and returns every outcome in the order of `ops`.
/// Never fails itself; cancelling it cancels all.
template <class T>
task<std::vector<result<T>>> run_all(std::vector<task<T>> ops, std::size_t at_once = 16)
{
    std::vector<detail::outcome<T>> outcomes(ops.size());
    std::vector<task<void>> stored;
    stored.reserve(ops.size());
    for (std::size_t i = 0; i < ops.size(); ++i)
        stored.push_back(detail::store(std::move(ops[i]), &outcomes[i]));
    co_await detail::run_together(std::move(stored), at_once);
    std::vector<result<T>> results;
    results.reserve(outcomes.size());
    for (auto& outcome : outcomes)
        results.push_back(std::move(*outcome.value));
    co_return results;
}

/// Suspends for `time`. Cancellation ends it with `operation_aborted`.
task<void> sleep_for(std::chrono::steady_clock::duration time);

/// Lets tasks of one executor wait for each other. A handle: copies are the same condition.
///
/// Thread safety: to be used from its executor only.
class condition {
public:
    explicit condition(asio::any_io_executor executor);

    /// Suspends until the next `notify_all` that comes after this call. May also return without one; check the
    /// awaited state in a loop. Cancellation ends it with `operation_aborted`.
    task<void> wait();

    /// The same, but returns after `limit` at the latest.
    task<void> wait_for(std::chrono::steady_clock::duration limit);

    void notify_all();

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay
