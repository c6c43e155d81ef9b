#include "net/pending_operation.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/post.hpp>

namespace kuberay::net {

void complete(asio::any_io_executor const& executor, byte_stream::handler done, error_code code, std::size_t size)
{
    asio::post(executor, asio::append(std::move(done), code, size));
}

void pending_operation::start(
    asio::any_io_executor executor, byte_stream::handler done, std::function<void(std::uint64_t ticket)> cancelled
)
{
    // The slot's callback stays assigned after the operation (its signal may be gone by then), hence the ticket.
    auto slot = asio::get_associated_cancellation_slot(done);
    std::uint64_t const ticket = ++ticket_;
    if (slot.is_connected()) {
        slot.assign([cancelled = std::move(cancelled), ticket](asio::cancellation_type type) {
            if ((type & asio::cancellation_type::terminal) != asio::cancellation_type::none) cancelled(ticket);
        });
    }
    work_.emplace(std::move(executor));
    done_.emplace(std::move(done));
}

void pending_operation::finish(error_code code, std::size_t size)
{
    if (!done_) return;
    asio::any_io_executor const executor = work_->get_executor();
    byte_stream::handler done(std::move(*done_));
    done_.reset();
    complete(executor, std::move(done), code, size);
    work_.reset();
}

}  // namespace kuberay::net
