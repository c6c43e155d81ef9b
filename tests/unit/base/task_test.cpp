#include "support/co_test.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/use_future.hpp>

namespace {

using namespace kuberay;
using namespace std::chrono_literals;

task<int> value_after(std::chrono::milliseconds delay, int value)
{
    co_await sleep_for(delay);
    co_return value;
}

task<int> failure_after(std::chrono::milliseconds delay)
{
    co_await sleep_for(delay);
    throw failure(errc::bad_input, "no such thing");
}

KUBERAY_CO_TEST(task, as_result_keeps_the_error)
{
    auto const failed = co_await as_result(failure_after(1ms));
    EXPECT_EQ(failed.error().code(), errc::bad_input);
    EXPECT_EQ(failed.error().message(), "no such thing");
    auto const fine = co_await as_result(value_after(1ms, 7));
    EXPECT_EQ(fine.value(), 7);
}

task<bool> yes_or_failure(bool fails)
{
    if (fails) throw failure(errc::bad_input, "no such thing");
    co_return true;
}

// An error converts to bool, and must not be taken for the value.
KUBERAY_CO_TEST(task, a_yes_or_no_keeps_its_error)
{
    auto const failed = co_await as_result(yes_or_failure(true));
    EXPECT_TRUE(failed.has_error());
    auto const late = co_await as_result(with_timeout(10s, yes_or_failure(true)));
    EXPECT_TRUE(late.has_error());
    auto const fine = co_await as_result(yes_or_failure(false));
    EXPECT_TRUE(fine.value());
}

KUBERAY_CO_TEST(task, a_failure_is_not_reported_as_a_timeout)
{
    auto const failed = co_await as_result(with_timeout(10s, failure_after(1ms)));
    EXPECT_EQ(failed.error().code(), errc::bad_input);
}

KUBERAY_CO_TEST(task, an_expired_deadline_cancels_and_says_so)
{
    auto const start = std::chrono::steady_clock::now();
    auto const late = co_await as_result(with_timeout(5ms, value_after(60s, 1)));
    EXPECT_EQ(late.error().code(), errc::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

KUBERAY_CO_TEST(task, a_zero_deadline_means_none)
{
    int const value = co_await with_timeout(0s, value_after(2ms, 3));
    EXPECT_EQ(value, 3);
}

KUBERAY_CO_TEST(task, run_all_keeps_order_and_every_outcome)
{
    std::vector<task<int>> ops;
    ops.push_back(value_after(9ms, 1));
    ops.push_back(failure_after(1ms));
    ops.push_back(value_after(3ms, 3));
    auto const outcomes = co_await run_all(std::move(ops), 2);
    EXPECT_EQ(outcomes[0].value(), 1);
    EXPECT_EQ(outcomes[1].error().code(), errc::bad_input);
    EXPECT_EQ(outcomes[2].value(), 3);
}

KUBERAY_CO_TEST(task, cancelling_run_all_ends_every_task)
{
    std::vector<task<int>> ops;
    for (int i = 0; i < 20; ++i)
        ops.push_back(value_after(60s, i));
    auto const cancelled = co_await as_result(with_timeout(5ms, run_all(std::move(ops), 4)));
    EXPECT_TRUE(!cancelled || (*cancelled)[19].error().code() == asio::error::operation_aborted);
}

KUBERAY_CO_TEST(task, a_condition_wakes_every_waiter)
{
    condition changed(co_await asio::this_coro::executor);
    int woken = 0;
    auto const waiter = [](condition on, int* count) -> task<void> {
        co_await on.wait();
        ++*count;
    };
    auto const waker = [](condition on) -> task<void> {
        co_await sleep_for(2ms);
        on.notify_all();
    };
    std::vector<task<void>> ops;
    ops.push_back(waiter(changed, &woken));
    ops.push_back(waiter(changed, &woken));
    ops.push_back(waker(changed));
    auto const outcomes = co_await run_all(std::move(ops));
    EXPECT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(woken, 2);
}

KUBERAY_CO_TEST(task, waiting_for_a_condition_is_bounded_and_can_be_cancelled)
{
    condition changed(co_await asio::this_coro::executor);
    co_await changed.wait_for(2ms);
    auto const cancelled = co_await as_result(with_timeout(2ms, changed.wait()));
    EXPECT_EQ(cancelled.error().code(), errc::timed_out);
}

task<int> value_when_cancelled()
{
    result<void> const slept = co_await as_result(sleep_for(60s));
    co_return slept.has_error() ? 5 : 6;
}

task<int> value_then_sleep(int* seen)
{
    *seen = co_await with_timeout(1h, value_when_cancelled());
    co_await sleep_for(60s);
    co_return *seen;
}

KUBERAY_CO_TEST(task, a_cancellation_outlives_the_operation_that_met_it_with_a_value)
{
    int seen = 0;
    auto const start = std::chrono::steady_clock::now();
    auto const late = co_await as_result(with_timeout(5ms, value_then_sleep(&seen)));
    EXPECT_EQ(seen, 5);
    EXPECT_EQ(late.error().code(), errc::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 30s);
}

TEST(async_run, serves_futures_deferred_and_cancelled_callbacks)
{
    asio::io_context io;
    auto future = async_run(io.get_executor(), value_after(1ms, 5), asio::use_future);
    auto later = async_run(io.get_executor(), value_after(1ms, 6), asio::deferred);
    int deferred_value = 0;
    std::move(later)([&](result<int> r) { deferred_value = r.value(); });
    asio::cancellation_signal stop;
    error cancelled;
    async_run(io.get_executor(), value_after(60s, 1), asio::bind_cancellation_slot(stop.slot(), [&](result<int> r) {
                  cancelled = r.error();
              }));
    async_run(io.get_executor(), value_after(3ms, 0), [&](result<int>) {
        stop.emit(asio::cancellation_type::terminal);
    });
    io.run();
    EXPECT_EQ(future.get().value(), 5);
    EXPECT_EQ(deferred_value, 6);
    EXPECT_TRUE(is_cancellation(cancelled));
}

TEST(error, a_message_names_the_attempt_and_the_answer)
{
    server_status status;
    status.http_status = 404;
    status.reason = "NotFound";
    status.message = "rayclusters.ray.io \"demo\" not found";
    error const refused(status, "reading raycluster default/demo");
    EXPECT_EQ(refused.code(), reason::not_found);
    EXPECT_EQ(refused.message(), "reading raycluster default/demo: rayclusters.ray.io \"demo\" not found");
    error const socket(asio::error::connection_refused, "connecting to 127.0.0.1:1");
    EXPECT_EQ(socket.message(), "connecting to 127.0.0.1:1: Connection refused");
    EXPECT_EQ(
        socket.with_context("listing pods").message(), "listing pods: connecting to 127.0.0.1:1: Connection refused"
    );
    EXPECT_EQ(socket.with_hint("start it").hint(), "start it");
    EXPECT_EQ(failure(errc::bad_input, "--x: bad").error().message(), "--x: bad");
}

TEST(error, unknown_reasons_are_judged_by_their_status)
{
    server_status status;
    status.http_status = 409;
    EXPECT_EQ(reason_of(status), reason::conflict);
    status.reason = "AlreadyExists";
    EXPECT_EQ(reason_of(status), reason::already_exists);
    status.reason = "SomethingNew";
    status.http_status = 599;
    EXPECT_EQ(reason_of(status), reason::internal);
}

}  // namespace
