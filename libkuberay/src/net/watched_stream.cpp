#include "net/watched_stream.hpp"

#include "net/pending_operation.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace kuberay::net {
namespace {

using std::chrono::steady_clock;

/// The socket, and the timer that runs while something is not acknowledged.
class watched_socket : public std::enable_shared_from_this<watched_socket> {
public:
    watched_socket(asio::ip::tcp::socket socket, stream_watch watch)
        : socket(std::move(socket))
        , watch_(std::move(watch))
        , timer_(this->socket.get_executor())
    {
    }

    /// What an operation gets that was begun or ended with `code`.
    error_code judged(error_code code) const noexcept
    {
        return vanished_ && code == asio::error::operation_aborted ? error_code(asio::error::timed_out) : code;
    }

    /// Something is being sent.
    void look_after()
    {
        if (!looking_) beat_later();
    }

    void close() noexcept
    {
        timer_.cancel();
        error_code nothing_to_do_about_it;
        socket.close(nothing_to_do_about_it);
    }

    asio::ip::tcp::socket socket;

private:
    void beat_later()
    {
        looking_ = true;
        begun_ = steady_clock::now();
        timer_.expires_after(watch_.beat);
        timer_.async_wait([weak = weak_from_this()](error_code code) {
            auto const self = weak.lock();
            if (!code && self && self->socket.is_open()) self->beat();
        });
    }

    void beat()
    {
        looking_ = false;
        std::optional<tcp_signs> const seen = watch_.read(socket.native_handle());
        if (!seen) return;
        auto const length = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begun_);
        if (silence_.beat(*seen, length)) {
            vanished_ = true;
            close();
        } else if (silence_.is_waiting()) {
            beat_later();
        }
    }

    stream_watch watch_;
    asio::steady_timer timer_;
    steady_clock::time_point begun_;
    tcp_silence silence_;
    bool looking_ = false, vanished_ = false;
};

class watched_stream final : public byte_stream::implementation {
    auto judging(byte_stream::handler done)
    {
        auto const slot = asio::get_associated_cancellation_slot(done);
        auto const completes_on = asio::get_associated_executor(done, get_executor());
        auto judged = [on = on_, done = std::move(done)](error_code code, std::size_t size) mutable {
            std::move(done)(on->judged(code), size);
        };
        return asio::bind_cancellation_slot(slot, asio::bind_executor(completes_on, std::move(judged)));
    }

public:
    watched_stream(asio::ip::tcp::socket socket, stream_watch watch)
        : on_(std::make_shared<watched_socket>(std::move(socket), std::move(watch)))
    {
    }

    ~watched_stream() override { on_->close(); }

    byte_stream::executor_type get_executor() noexcept override { return on_->socket.get_executor(); }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        if (!on_->socket.is_open()) return refuse(std::move(done));
        on_->socket.async_read_some(into, judging(std::move(done)));
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        if (!on_->socket.is_open()) return refuse(std::move(done));
        on_->look_after();
        if (from.size() == 1) return on_->socket.async_write_some(from.front(), judging(std::move(done)));
        std::array<asio::const_buffer, 8> pieces;
        std::copy_n(from.begin(), std::min(from.size(), pieces.size()), pieces.begin());
        on_->socket.async_write_some(pieces, judging(std::move(done)));
    }

    void finish_writing(byte_stream::handler done) override
    {
        error_code code = asio::error::operation_aborted;
        if (on_->socket.is_open()) on_->socket.shutdown(asio::socket_base::shutdown_send, code);
        complete(get_executor(), std::move(done), on_->judged(code), 0);
    }

    void close() noexcept override { on_->close(); }

private:
    void refuse(byte_stream::handler done)
    {
        complete(get_executor(), std::move(done), on_->judged(asio::error::operation_aborted), 0);
    }

    std::shared_ptr<watched_socket> on_;
};

}  // namespace

byte_stream make_watched_stream(asio::ip::tcp::socket socket, stream_watch watch)
{
    return byte_stream(std::make_unique<watched_stream>(std::move(socket), std::move(watch)));
}

}  // namespace kuberay::net
