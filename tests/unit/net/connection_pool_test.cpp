#include "net/connection_pool.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <string>
#include <vector>

namespace kuberay::net {
namespace {

struct bench {
    explicit bench(asio::any_io_executor executor, std::size_t max_connections)
        : ready(executor)
    {
        pool_options options;
        options.max_connections = max_connections;
        options.idle_limit = std::chrono::seconds(55);
        options.now = [this] { return now; };
        options.dial = [this, executor] { return connect(this, executor); };
        pool = std::make_shared<connection_pool>(executor, std::move(options));
    }

    static task<byte_stream> connect(bench* on, asio::any_io_executor executor)
    {
        ++on->dialled;
        if (on->refuses) throw failure(errc::connection_lost, "refused");
        auto ends = make_stream_pair(executor);
        on->peers.push_back(std::move(ends.second));
        co_return std::move(ends.first);
    }

    condition ready;
    std::chrono::steady_clock::time_point now{};
    int dialled = 0;
    bool refuses = false;
    std::vector<byte_stream> peers;
    std::shared_ptr<connection_pool> pool;
};

KUBERAY_CO_TEST(connection_pool, reuses_the_connection_that_was_given_back)
{
    bench on(co_await asio::this_coro::executor, 4);
    pooled_connection first = co_await on.pool->acquire();
    EXPECT_FALSE(first.is_reused());
    first.give_back();
    pooled_connection second = co_await on.pool->acquire();
    EXPECT_TRUE(second.is_reused());
    EXPECT_EQ(on.dialled, 1);
}

KUBERAY_CO_TEST(connection_pool, closes_what_is_not_given_back)
{
    bench on(co_await asio::this_coro::executor, 1);
    {
        pooled_connection dropped = co_await on.pool->acquire();
    }
    std::string const end = co_await read_some(&on.peers[0]);
    EXPECT_EQ(end, "");
    pooled_connection next = co_await on.pool->acquire();
    EXPECT_FALSE(next.is_reused());
}

KUBERAY_CO_TEST(connection_pool, does_not_reuse_what_was_idle_too_long)
{
    bench on(co_await asio::this_coro::executor, 1);
    pooled_connection first = co_await on.pool->acquire();
    first.give_back();
    on.now += std::chrono::seconds(54);
    pooled_connection fresh_enough = co_await on.pool->acquire();
    EXPECT_TRUE(fresh_enough.is_reused());
    fresh_enough.give_back();
    on.now += std::chrono::seconds(55);
    pooled_connection anew = co_await on.pool->acquire();
    EXPECT_FALSE(anew.is_reused());
    EXPECT_EQ(on.dialled, 2);
}

KUBERAY_CO_TEST(connection_pool, drop_idle_closes_idle_ones_now_and_used_ones_when_given_back)
{
    bench on(co_await asio::this_coro::executor, 4);
    pooled_connection used = co_await on.pool->acquire();
    pooled_connection idle = co_await on.pool->acquire();
    idle.give_back();
    on.pool->drop_idle();
    std::string const end = co_await read_some(&on.peers[1]);
    EXPECT_EQ(end, "");
    used.give_back();
    pooled_connection anew = co_await on.pool->acquire();
    EXPECT_FALSE(anew.is_reused());
}

task<void> use(bench* on, int number, std::vector<int>* order, int* in_use, int* most)
{
    task<pooled_connection> acquiring = on->pool->acquire();
    pooled_connection mine = co_await std::move(acquiring);
    order->push_back(number);
    *most = std::max(*most, ++*in_use);
    co_await sleep_for(std::chrono::milliseconds(1));
    --*in_use;
    if (number % 2 == 0) mine.give_back();
}

KUBERAY_CO_TEST(connection_pool, serves_those_who_wait_in_order_and_within_the_bound)
{
    bench on(co_await asio::this_coro::executor, 3);
    std::vector<int> order, expected;
    int in_use = 0;
    int most = 0;
    std::vector<task<void>> ops;
    for (int i = 0; i < 40; ++i) {
        ops.push_back(use(&on, i, &order, &in_use, &most));
        expected.push_back(i);
    }
    auto const ended = co_await run_all(std::move(ops), 40);
    for (auto const& one : ended)
        EXPECT_TRUE(one.has_value());
    EXPECT_EQ(order, expected);
    EXPECT_EQ(most, 3);
}

KUBERAY_CO_TEST(connection_pool, a_failed_dial_frees_its_place)
{
    bench on(co_await asio::this_coro::executor, 1);
    on.refuses = true;
    for (int i = 0; i < 3; ++i) {
        auto const refused = co_await as_result(on.pool->acquire());
        EXPECT_EQ(refused.error().code(), errc::connection_lost);
    }
    on.refuses = false;
    pooled_connection connection = co_await on.pool->acquire();
    EXPECT_FALSE(connection.is_reused());
}

KUBERAY_CO_TEST(connection_pool, one_who_gives_up_waiting_does_not_hold_up_the_next)
{
    bench on(co_await asio::this_coro::executor, 1);
    pooled_connection only = co_await on.pool->acquire();
    task<pooled_connection> waiting = with_timeout(std::chrono::milliseconds(5), on.pool->acquire());
    auto const gave_up = co_await as_result(std::move(waiting));
    EXPECT_EQ(gave_up.error().code(), errc::timed_out);
    only.give_back();
    pooled_connection next = co_await on.pool->acquire();
    EXPECT_TRUE(next.is_reused());
}

KUBERAY_CO_TEST(connection_pool, replaces_a_connection_within_its_place)
{
    bench on(co_await asio::this_coro::executor, 1);
    pooled_connection stale = co_await on.pool->acquire();
    stale.give_back();
    stale = co_await on.pool->acquire();
    EXPECT_TRUE(stale.is_reused());
    pooled_connection fresh = co_await on.pool->replace(std::move(stale));
    EXPECT_FALSE(fresh.is_reused());
    EXPECT_EQ(on.dialled, 2);
    fresh.give_back();
    pooled_connection again = co_await on.pool->acquire();
    EXPECT_TRUE(again.is_reused());
}

}  // namespace
}  // namespace kuberay::net
