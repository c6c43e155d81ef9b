#include "net/spdy_stream.hpp"

#include "net/spdy_codec.hpp"
#include "net/spdy_session.hpp"

#include <algorithm>
#include <cstring>

namespace kuberay::net {

spdy_stream::spdy_stream(spdy_session* session, std::uint32_t id, std::size_t capacity, bool may_write)
    : session_(session)
    , id_(id)
    , capacity_(std::max<std::size_t>(capacity, 1))
    , write_ended_(!may_write)
{
}

asio::any_io_executor spdy_stream::get_executor() const noexcept { return session_->get_executor(); }

void spdy_stream::start(pending_operation& operation, byte_stream::handler done)
{
    operation.start(session_->get_executor(), std::move(done), weak_from_this());
}

void spdy_stream::read_some(asio::mutable_buffer into, byte_stream::handler done)
{
    auto const end = [&](error_code code, std::size_t size) {
        complete(session_->get_executor(), std::move(done), code, size);
    };
    if (closed_) return end(asio::error::operation_aborted, 0);
    if (into.size() == 0) return end(error_code(), 0);
    std::size_t const size = std::min(into.size(), arrived_.size() - used_);
    if (size > 0) {
        std::memcpy(into.data(), arrived_.data() + used_, size);
        used_ += size;
        if (used_ == arrived_.size()) {
            arrived_.clear();
            used_ = 0;
        }
        relieve();
        return end(error_code(), size);
    }
    if (read_ended_) return end(asio::error::eof, 0);
    if (failure_) return end(failure_, 0);
    into_ = into;
    got_ = 0;
    start(read_, std::move(done));
}

// Lets the session read on once half of the buffer is free.
void spdy_stream::relieve() noexcept
{
    if (!stalling_ || arrived_.size() - used_ > capacity_ / 2) return;
    stalling_ = false;
    session_->resume();
}

bool spdy_stream::put(std::string_view bytes)
{
    std::size_t const before = got_;
    if (read_ && !bytes.empty()) {
        std::size_t const size = std::min(bytes.size(), into_.size() - got_);
        std::memcpy(static_cast<char*>(into_.data()) + got_, bytes.data(), size);
        got_ += size;
        bytes.remove_prefix(size);
    }
    if (!bytes.empty()) {
        if (used_ > arrived_.size() / 2) {
            arrived_.erase(0, used_);
            used_ = 0;
        }
        arrived_ += bytes;
        if (!stalling_ && arrived_.size() - used_ >= capacity_) {
            stalling_ = true;
            session_->stall();
        }
    }
    return before == 0 && got_ > 0;
}

void spdy_stream::deliver()
{
    if (read_ && got_ > 0) read_.finish(error_code(), std::exchange(got_, 0));
    got_ = 0;
}

void spdy_stream::take_reply()
{
    replied_ = true;
    reply_.finish(error_code(), 0);
}

void spdy_stream::take_fin()
{
    deliver();
    read_ended_ = true;
    read_.finish(asio::error::eof, 0);
    if (has_ended()) session_->forget(id_);
}

void spdy_stream::fail(error_code why)
{
    if (has_ended()) return;
    failure_ = why;
    deliver();
    read_.finish(why, 0);
    write_.finish(why, 0);
    reply_.finish(why, 0);
}

void spdy_stream::close() noexcept
{
    if (closed_) return;
    bool const ended = has_ended();
    closed_ = true;
    read_.finish(asio::error::operation_aborted, 0);
    write_.finish(asio::error::operation_aborted, 0);
    reply_.finish(asio::error::operation_aborted, 0);
    arrived_ = std::string();
    used_ = 0;
    relieve();
    if (ended || session_->has_ended()) return;
    session_->send(spdy_rst_stream(id_, spdy_status::cancel));
    session_->forget(id_);
}

void spdy_stream::wait_for_reply(byte_stream::handler done)
{
    // What became of a stream behind its reply is told to those who read and write.
    if (failure_ || replied_ || closed_) {
        error_code code = replied_ ? error_code() : failure_;
        if (closed_) code = asio::error::operation_aborted;
        return complete(session_->get_executor(), std::move(done), code, 0);
    }
    start(reply_, std::move(done));
}

error_code spdy_stream::write_error() const noexcept
{
    if (closed_) return asio::error::operation_aborted;
    if (failure_) return failure_;
    if (session_->has_ended()) return asio::error::connection_aborted;
    return write_ended_ ? error_code(asio::error::broken_pipe) : error_code();
}

// The bytes are copied, which lets a writer go on while they are sent and give up at any moment: a transport that
// still held its buffers could not be called back.
void spdy_stream::append_frame(std::string& to, std::span<asio::const_buffer const> from, std::size_t size) const
{
    std::array<char, 8> const head = spdy_data_head(id_, size);
    to.append(head.data(), head.size());
    for (auto const& piece : from) {
        std::size_t const taken = std::min(size, piece.size());
        to.append(static_cast<char const*>(piece.data()), taken);
        size -= taken;
    }
}

void spdy_stream::write_some(std::span<asio::const_buffer const> from, byte_stream::handler done)
{
    error_code const code = write_error();
    std::size_t const total = asio::buffer_size(from);
    if (code || total == 0) return complete(session_->get_executor(), std::move(done), code, 0);
    if (std::string* const to = session_->room()) {
        std::size_t const size = std::min(total, max_frame);
        append_frame(*to, from, size);
        session_->sent_data(size);
        session_->flush();
        return complete(session_->get_executor(), std::move(done), error_code(), size);
    }
    from_count_ = std::min(from.size(), from_.size());
    std::copy_n(from.begin(), from_count_, from_.begin());
    start(write_, std::move(done));
    session_->wait_for_room(shared_from_this());
}

void spdy_stream::write_frame(std::string& to)
{
    if (!write_) return;
    std::span<asio::const_buffer const> const from(from_.data(), from_count_);
    std::size_t const size = std::min(asio::buffer_size(from), max_frame);
    append_frame(to, from, size);
    session_->sent_data(size);
    write_.finish(error_code(), size);
}

void spdy_stream::finish_writing(byte_stream::handler done)
{
    error_code code = write_error();
    if (code == asio::error::broken_pipe) code = error_code();  // finished already
    if (!code && !write_ended_) {
        write_.finish(asio::error::broken_pipe, 0);
        write_ended_ = true;
        session_->send_data_fin(id_);
        if (has_ended()) session_->forget(id_);
    }
    complete(session_->get_executor(), std::move(done), code, 0);
}

namespace {

class user_end final : public byte_stream::implementation {
public:
    user_end(std::shared_ptr<void> owner, std::shared_ptr<spdy_stream> stream, asio::any_io_executor executor)
        : owner_(std::move(owner))
        , stream_(std::move(stream))
        , executor_(std::move(executor))
    {
    }

    ~user_end() override { stream_->close(); }

    byte_stream::executor_type get_executor() noexcept override { return executor_; }

    void read_some(asio::mutable_buffer into, byte_stream::handler done) override
    {
        stream_->read_some(into, std::move(done));
    }

    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done) override
    {
        stream_->write_some(from, std::move(done));
    }

    void finish_writing(byte_stream::handler done) override { stream_->finish_writing(std::move(done)); }

    void close() noexcept override { stream_->close(); }

private:
    std::shared_ptr<void> owner_;  // outlives the stream
    std::shared_ptr<spdy_stream> stream_;
    asio::any_io_executor executor_;
};

}  // namespace

byte_stream make_spdy_stream(std::shared_ptr<void> owner, std::shared_ptr<spdy_stream> stream)
{
    asio::any_io_executor executor = stream->get_executor();
    return byte_stream(std::make_unique<user_end>(std::move(owner), std::move(stream), std::move(executor)));
}

}  // namespace kuberay::net
