#include "net/pending_operation.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace kuberay::net {

/// The operations that wait on one execution context.
class pending_operations final : public asio::execution_context::service {
public:
    using key_type = pending_operations;
    static inline asio::execution_context::id id;

    using service::service;

    static pending_operations& of(asio::any_io_executor const& executor)
    {
        return asio::use_service<pending_operations>(asio::query(executor, asio::execution::context));
    }

    void add(pending_operation* waiting)
    {
        std::scoped_lock const lock(mutex_);
        waiting->listed_ = this;
        waiting->before_ = nullptr;
        waiting->after_ = first_;
        if (first_ != nullptr) first_->before_ = waiting;
        first_ = waiting;
    }

    void remove(pending_operation* waiting)
    {
        std::scoped_lock const lock(mutex_);
        waiting->listed_ = nullptr;
        if (waiting->after_ != nullptr) waiting->after_->before_ = waiting->before_;
        (waiting->before_ != nullptr ? waiting->before_->after_ : first_) = waiting->after_;
    }

private:
    void shutdown() override
    {
        std::vector<byte_stream::handler> handlers;
        for (auto* waiting = std::exchange(first_, nullptr); waiting != nullptr; waiting = waiting->after_) {
            waiting->listed_ = nullptr;
            handlers.push_back(std::move(*waiting->done_));
            waiting->done_.reset();
            waiting->work_.reset();
        }
    }

    std::mutex mutex_;
    pending_operation* first_ = nullptr;
};

pending_operation::~pending_operation()
{
    if (listed_ != nullptr) listed_->remove(this);
}

void complete(asio::any_io_executor const& executor, byte_stream::handler done, error_code code, std::size_t size)
{
    // As `asio::post(executor, ...)` does, without its two allocations for an executor that is the same in general.
    asio::require(executor, asio::execution::blocking.never).execute([done = std::move(done), code, size]() mutable {
        asio::dispatch(asio::append(std::move(done), code, size));
    });
}

template <class Cancelled>
void pending_operation::hold(asio::any_io_executor executor, byte_stream::handler done, Cancelled cancelled)
{
    // The slot's callback stays assigned after the operation (its signal may be gone by then), hence the ticket.
    auto slot = asio::get_associated_cancellation_slot(done);
    std::uint64_t const ticket = ++ticket_;
    if (slot.is_connected()) {
        slot.assign([cancelled = std::move(cancelled), ticket](asio::cancellation_type type) {
            if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) cancelled(ticket);
        });
    }
    pending_operations::of(executor).add(this);
    work_.emplace(std::move(executor));
    done_.emplace(std::move(done));
}

void pending_operation::start(
    asio::any_io_executor executor, byte_stream::handler done, std::function<void(std::uint64_t ticket)> cancelled
)
{
    hold(std::move(executor), std::move(done), std::move(cancelled));
}

void pending_operation::start(asio::any_io_executor executor, byte_stream::handler done, std::weak_ptr<void> owner)
{
    hold(std::move(executor), std::move(done), [this, owner = std::move(owner)](std::uint64_t ticket) {
        auto const alive = owner.lock();
        if (alive && is_waiting(ticket)) finish(asio::error::operation_aborted, 0);
    });
}

void pending_operation::finish(error_code code, std::size_t size)
{
    if (!done_) return;
    asio::any_io_executor const executor = work_->get_executor();
    byte_stream::handler done(std::move(*done_));
    done_.reset();
    if (listed_ != nullptr) listed_->remove(this);
    complete(executor, std::move(done), code, size);
    work_.reset();
}

}  // namespace kuberay::net
