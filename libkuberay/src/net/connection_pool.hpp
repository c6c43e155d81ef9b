#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace kuberay::net {

struct pool_options {
    pool_options() = default;
    std::size_t max_connections = 32;
    std::chrono::steady_clock::duration idle_limit = std::chrono::seconds(55);
    std::function<task<byte_stream>()> dial;
    std::function<task<byte_stream>()> dial_for_stream;          ///< for upgrades, which are not pooled; empty: `dial`
    std::function<std::chrono::steady_clock::time_point()> now;  ///< empty: the steady clock
};

class connection_pool;

/// One connection of a pool, in use. Movable. Destroying it closes the connection, unless it was given back.
class pooled_connection {
public:
    pooled_connection() = default;
    pooled_connection(std::shared_ptr<connection_pool> pool, std::uint64_t generation);
    /// A connection that belongs to no pool: giving it back closes it.
    explicit pooled_connection(byte_stream stream);
    pooled_connection(pooled_connection&& other) noexcept;
    pooled_connection& operator=(pooled_connection&& other) noexcept;
    ~pooled_connection();

    byte_stream& stream() noexcept { return stream_; }

    /// It carried an exchange before, so the server may have closed it meanwhile.
    bool is_reused() const noexcept { return reused_; }

    /// It can carry another exchange: the pool keeps it for that.
    void give_back() noexcept;
    void close() noexcept;

private:
    friend class connection_pool;
    std::shared_ptr<connection_pool> pool_;
    byte_stream stream_;
    std::uint64_t generation_ = 0;
    bool reused_ = false;
};

/// Connections to one server: bounded, idle ones reused (the latest first), those who wait served in order.
/// Thread safety: used from one executor.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
public:
    connection_pool(asio::any_io_executor executor, pool_options options);
    ~connection_pool();

    /// An idle connection, or a new one, when fewer than the limit are in use. Errors: those of `dial`.
    task<pooled_connection> acquire();

    /// Closes what is under `connection` and dials anew in its place. Errors: those of `dial`.
    task<pooled_connection> replace(pooled_connection connection);

    /// Closes the idle connections now, and those in use when they are given back.
    void drop_idle() noexcept;

private:
    friend class pooled_connection;
    struct waiter;
    struct state;

    static task<pooled_connection> acquire_from(std::shared_ptr<connection_pool> self);
    static task<pooled_connection> dial_into(std::shared_ptr<connection_pool> self, pooled_connection slot);
    pooled_connection take();
    bool has_room() noexcept;
    void keep(byte_stream stream, std::uint64_t generation) noexcept;
    void free_slot() noexcept;
    void wake_next() noexcept;

    std::unique_ptr<state> state_;
};

}  // namespace kuberay::net
