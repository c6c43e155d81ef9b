#include "net/connection_pool.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace kuberay::net {

using time_point = std::chrono::steady_clock::time_point;

pooled_connection::pooled_connection(std::shared_ptr<connection_pool> pool, std::uint64_t generation)
    : pool_(std::move(pool))
    , generation_(generation)
{
}

pooled_connection::pooled_connection(byte_stream stream)
    : stream_(std::move(stream))
{
}

pooled_connection::pooled_connection(pooled_connection&& other) noexcept
    : pool_(std::move(other.pool_))
    , stream_(std::move(other.stream_))
    , generation_(other.generation_)
    , reused_(other.reused_)
{
}

pooled_connection& pooled_connection::operator=(pooled_connection&& other) noexcept
{
    if (this == &other) return *this;
    close();
    pool_ = std::move(other.pool_);
    stream_ = std::move(other.stream_);
    generation_ = other.generation_;
    reused_ = other.reused_;
    return *this;
}

pooled_connection::~pooled_connection() { close(); }

void pooled_connection::give_back() noexcept
{
    if (!pool_) return close();
    auto const pool = std::move(pool_);
    pool->keep(std::move(stream_), generation_);
}

void pooled_connection::close() noexcept
{
    stream_ = byte_stream();
    if (auto const pool = std::move(pool_)) pool->free_slot();
}

struct connection_pool::waiter {
    explicit waiter(asio::any_io_executor executor)
        : woken(std::move(executor))
    {
    }

    condition woken;
};

struct connection_pool::state {
    state(asio::any_io_executor executor, pool_options options)
        : executor(std::move(executor))
        , options(std::move(options))
    {
    }

    struct idle_connection {
        byte_stream stream;
        time_point since;
    };

    asio::any_io_executor executor;
    pool_options options;
    std::vector<idle_connection> idle;  // the latest at the back
    std::deque<waiter*> waiting;
    std::size_t open = 0;  // in use and idle
    std::uint64_t generation = 0;

    time_point now() const { return options.now ? options.now() : std::chrono::steady_clock::now(); }

    void close_expired()
    {
        time_point const oldest = now() - options.idle_limit;
        auto const expired = [&](idle_connection const& c) { return c.since <= oldest; };
        open -= static_cast<std::size_t>(std::erase_if(idle, expired));
    }
};

connection_pool::connection_pool(asio::any_io_executor executor, pool_options options)
    : state_(std::make_unique<state>(std::move(executor), std::move(options)))
{
}

connection_pool::~connection_pool() = default;

task<pooled_connection> connection_pool::acquire() { return acquire_from(shared_from_this()); }

task<pooled_connection> connection_pool::replace(pooled_connection connection)
{
    connection.stream_ = byte_stream();
    connection.reused_ = false;
    connection.generation_ = state_->generation;
    return dial_into(shared_from_this(), std::move(connection));
}

task<pooled_connection> connection_pool::acquire_from(std::shared_ptr<connection_pool> self)
{
    state& on = *self->state_;
    if (!on.waiting.empty() || !self->has_room()) {
        // Leaves the queue however the wait ends; who follows must not miss its turn then.
        struct place {
            explicit place(connection_pool* pool)
                : pool(pool)
                , mine(pool->state_->executor)
            {
                pool->state_->waiting.push_back(&mine);
            }

            place(place const&) = delete;
            place& operator=(place const&) = delete;

            ~place()
            {
                std::erase(pool->state_->waiting, &mine);
                pool->wake_next();
            }

            connection_pool* pool;
            waiter mine;
        };

        pooled_connection taken;
        {
            place queued(self.get());
            while (on.waiting.front() != &queued.mine || !self->has_room())
                co_await queued.mine.woken.wait();
            taken = self->take();
        }
        if (taken.stream_) co_return taken;
        co_return co_await dial_into(self, std::move(taken));
    }
    pooled_connection taken = self->take();
    if (taken.stream_) co_return taken;
    co_return co_await dial_into(self, std::move(taken));
}

task<pooled_connection> connection_pool::dial_into(std::shared_ptr<connection_pool> self, pooled_connection slot)
{
    task<byte_stream> dialled = self->state_->options.dial();
    slot.stream_ = co_await std::move(dialled);
    co_return slot;
}

bool connection_pool::has_room() noexcept
{
    state_->close_expired();
    return !state_->idle.empty() || state_->open < state_->options.max_connections;
}

// A connection to use, or the right to dial one.
pooled_connection connection_pool::take()
{
    pooled_connection taken(shared_from_this(), state_->generation);
    if (state_->idle.empty()) {
        ++state_->open;
    } else {
        taken.stream_ = std::move(state_->idle.back().stream);
        taken.reused_ = true;
        state_->idle.pop_back();
    }
    return taken;
}

void connection_pool::keep(byte_stream stream, std::uint64_t generation) noexcept
{
    if (generation != state_->generation) {
        stream = byte_stream();
        return free_slot();
    }
    state::idle_connection kept;
    kept.stream = std::move(stream);
    kept.since = state_->now();
    state_->idle.push_back(std::move(kept));
    wake_next();
}

void connection_pool::free_slot() noexcept
{
    --state_->open;
    wake_next();
}

void connection_pool::wake_next() noexcept
{
    if (!state_->waiting.empty() && has_room()) state_->waiting.front()->woken.notify_all();
}

void connection_pool::drop_idle() noexcept
{
    ++state_->generation;
    state_->open -= state_->idle.size();
    state_->idle.clear();
    wake_next();
}

}  // namespace kuberay::net
