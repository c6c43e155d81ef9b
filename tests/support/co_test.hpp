#pragma once

#include <kuberay/base/async_run.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace kuberay::test {

/// Runs `body` on an io_context of its own until it ends. A body that does not end within `limit` fails the test.
inline void run_coroutine_test(task<void> body, std::chrono::seconds limit = std::chrono::seconds(30))
{
    asio::io_context io(1);
    std::optional<result<void>> ended;
    async_run(io.get_executor(), with_timeout(limit, std::move(body)), [&](result<void> r) { ended = std::move(r); });
    io.run_for(limit + std::chrono::seconds(5));
    ASSERT_TRUE(ended.has_value()) << "the test body hangs, even after its cancellation";
    EXPECT_TRUE(ended->has_value()) << "thrown out of the test body: " << ended->error().message();
}

/// The result of `op`, run on an io_context of its own. For tests that are not coroutines.
template <class T>
result<T> run(task<T> op, std::chrono::seconds limit = std::chrono::seconds(30))
{
    asio::io_context io(1);
    std::optional<result<T>> ended;
    async_run(io.get_executor(), with_timeout(limit, std::move(op)), [&](result<T> r) { ended.emplace(std::move(r)); });
    io.run();
    return std::move(*ended);
}

}  // namespace kuberay::test

/// A test whose body is a coroutine. Await first, name the result, then EXPECT_*; ASSERT_* returns and cannot be used:
/// throw instead, or take `.value()` of a result.
#define KUBERAY_CO_TEST(suite, name)                                                                                   \
    static kuberay::task<void> suite##_##name##_body();                                                                \
    TEST(suite, name) { kuberay::test::run_coroutine_test(suite##_##name##_body()); }                                  \
    static kuberay::task<void> suite##_##name##_body()
