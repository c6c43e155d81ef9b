#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace kuberay::net {

/// Calls `done` through its own executor, never before this returns. A `done` without one must not throw.
void complete(asio::any_io_executor const& executor, byte_stream::handler done, error_code code, std::size_t size);

class pending_operations;

/// A handler that waits for something to happen in this process: keeps its executor busy as a socket would, and ends
/// with `operation_aborted` on terminal cancellation. A handler that still waits when its execution context is
/// destroyed is destroyed with it (it may own, through its coroutine, the object that holds this one).
class pending_operation {
public:
    pending_operation() = default;
    pending_operation(pending_operation const&) = delete;
    pending_operation& operator=(pending_operation const&) = delete;
    ~pending_operation();

    explicit operator bool() const noexcept { return done_.has_value(); }

    /// `cancelled` is called inside the emission of the signal when the operation still waits; it has to call
    /// `finish`. It must not own the object that holds this one.
    void start(
        asio::any_io_executor executor, byte_stream::handler done, std::function<void(std::uint64_t ticket)> cancelled
    );

    /// The same where `finish` is all that is to do. Lifetime: as long as `owner` lives, so does this one.
    void start(asio::any_io_executor executor, byte_stream::handler done, std::weak_ptr<void> owner);

    /// True when `ticket` (as given to `cancelled`) means the operation that waits now.
    bool is_waiting(std::uint64_t ticket) const noexcept { return done_.has_value() && ticket == ticket_; }

    /// Completes what waits; nothing happens when nothing does.
    void finish(error_code code, std::size_t size);

private:
    friend class pending_operations;

    template <class Cancelled>
    void hold(asio::any_io_executor executor, byte_stream::handler done, Cancelled cancelled);

    std::optional<byte_stream::handler> done_;
    std::optional<asio::executor_work_guard<asio::any_io_executor>> work_;
    std::uint64_t ticket_ = 0;
    pending_operations* listed_ = nullptr;  // in the list of its execution context
    pending_operation* before_ = nullptr;
    pending_operation* after_ = nullptr;
};

}  // namespace kuberay::net
