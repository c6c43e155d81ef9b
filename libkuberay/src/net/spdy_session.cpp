#include "net/spdy_session.hpp"

#include <kuberay/base/time.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::net {
namespace {

constexpr std::size_t write_room = 64 * 1024;         // writers wait while this much is not sent
constexpr std::size_t control_room = 4 * write_room;  // a peer that makes us answer that much has to take it first
constexpr std::uint32_t max_id = 0x7fffffff;
constexpr std::chrono::seconds patience_at_the_end(1);

}  // namespace

spdy_session::spdy_session(byte_stream over, spdy_role role, spdy_options options)
    : over_(std::move(over))
    , role_(role)
    , options_(options)
    , changed_(over_.get_executor())
    , timer_(over_.get_executor())
    , next_id_(role == spdy_role::client ? 1 : 2)
    , next_ping_(next_id_)
{
}

void spdy_session::start()
{
    read_next();
    beat_later();
}

std::shared_ptr<spdy_stream> spdy_session::open(spdy_headers const& headers, bool finished)
{
    if (next_id_ > max_id) throw failure(errc::connection_lost, "the SPDY connection has no number left for a stream");
    filling_ += encoder_.syn_stream(next_id_, headers, finished);
    auto const stream = std::make_shared<spdy_stream>(this, next_id_, options_.stream_buffer, !finished);
    streams_.emplace(next_id_, stream);
    next_id_ += 2;
    // A moment later: streams that are opened together, and their first bytes, go out in one write.
    asio::post(over_.get_executor(), [self = shared_from_this()] { self->flush(); });
    return stream;
}

std::optional<spdy_session::incoming> spdy_session::take_incoming()
{
    if (incoming_.empty()) return std::nullopt;
    std::optional<incoming> first(std::move(incoming_.front()));
    incoming_.pop_front();
    return first;
}

error spdy_session::why_not_open() const
{
    if (why_.code() == errc::protocol_violation || why_.code() == errc::connection_lost) return why_;
    return error(errc::connection_lost, "the SPDY connection is closed");
}

void spdy_session::resume() noexcept
{
    --stalling_;
    read_next();
}

void spdy_session::read_next()
{
    // What comes after the end is read too, and dropped: a peer that cannot write may not read our last bytes.
    if (reading_ || transport_closed_) return;
    if (!ended_ && (stalling_ > 0 || filling_.size() > control_room)) return;
    reading_ = true;
    over_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](error_code code, std::size_t size) {
        self->arrived(code, size);
    });
}

void spdy_session::arrived(error_code code, std::size_t size)
{
    reading_ = false;
    if (code) return lose(code);
    liveness_.received();
    if (!ended_) take(std::string_view(buffer_.data(), size));
    read_next();
}

std::string* spdy_session::room() noexcept
{
    return writers_.empty() && filling_.size() < write_room ? &filling_ : nullptr;
}

void spdy_session::wait_for_room(std::shared_ptr<spdy_stream> writer)
{
    // A writer that gave up and came again may be here already.
    if (std::find(writers_.begin(), writers_.end(), writer) == writers_.end()) writers_.push_back(std::move(writer));
    flush();
}

// Every writer that waits gets one frame before any of them gets another.
void spdy_session::fill()
{
    while (!writers_.empty() && filling_.size() < write_room) {
        std::shared_ptr<spdy_stream> const writer = std::move(writers_.front());
        writers_.pop_front();
        writer->write_frame(filling_);
    }
}

void spdy_session::send(std::string const& frame)
{
    filling_ += frame;
    flush();
}

void spdy_session::send_data_fin(std::uint32_t id)
{
    std::array<char, 8> const head = spdy_data_head(id, 0, true);
    filling_.append(head.data(), head.size());
    flush();
}

void spdy_session::flush()
{
    if (writing_ || transport_closed_) return;
    fill();
    if (filling_.empty()) return;
    sending_.clear();
    std::swap(sending_, filling_);
    sent_ = 0;
    write_next();
    fill();
}

void spdy_session::write_next()
{
    writing_ = true;
    asio::const_buffer const rest = asio::buffer(sending_) + sent_;
    over_.async_write_some(rest, [self = shared_from_this()](error_code code, std::size_t size) {
        self->written(code, size);
    });
}

void spdy_session::written(error_code code, std::size_t size)
{
    writing_ = false;
    if (code) return lose(code);
    sent_ += size;
    if (sent_ < sending_.size()) return write_next();
    flush();
    if (ended_ && !writing_) return close_transport();
    read_next();
}

void spdy_session::beat_later()
{
    if (options_.ping_interval <= std::chrono::steady_clock::duration::zero()) return;
    timer_.expires_after(options_.ping_interval);
    timer_.async_wait([weak = weak_from_this()](error_code code) {
        auto const self = weak.lock();
        if (!code && self && !self->ended_) self->beat();
    });
}

void spdy_session::beat()
{
    auto const limit = options_.silence_limit;
    unsigned const silent_beats = liveness_.beat(reading_);
    if (limit > limit.zero() && silent_beats * options_.ping_interval >= limit)
        return lose(error(
            errc::connection_lost, "the SPDY connection was lost: nothing came within " + format_duration(limit)
                                       + ", no answer to a ping either"
        ));
    // Bytes that are on their way keep the connection alive as well.
    if (!writing_) {
        liveness_.sent_ping(next_ping_);
        send(spdy_ping(std::exchange(next_ping_, (next_ping_ + 2) & max_id)));
    }
    beat_later();
}

void spdy_session::close() noexcept
{
    if (ended_) return;
    for (auto const& [id, stream] : streams_)
        filling_ += spdy_rst_stream(id, spdy_status::cancel);
    filling_ += spdy_goaway(last_from_peer_, 0);
    incoming_.clear();
    end(error());
}

// The transport failed, or its bytes ended.
void spdy_session::lose(error_code code)
{
    // After GOAWAY this is the proper end.
    error why;
    if (!goaway_received_)
        why = error(
            errc::connection_lost, code == asio::error::eof ? "the peer ended the SPDY connection without a word"
                                                            : "the SPDY connection was lost: " + code.message()
        );
    lose(std::move(why));
}

void spdy_session::lose(error why)
{
    if (!ended_) {
        filling_.clear();
        end(std::move(why));
    }
    close_transport();
}

void spdy_session::end(error why)
{
    ended_ = true;
    why_ = std::move(why);
    timer_.cancel();
    writers_.clear();
    for (auto const& [id, stream] : std::exchange(streams_, {}))
        stream->fail(asio::error::connection_aborted);
    opened_by_peer_ = 0;
    changed_.notify_all();
    flush();
    if (!writing_) return close_transport();
    read_next();
    timer_.expires_after(patience_at_the_end);
    timer_.async_wait([weak = weak_from_this()](error_code code) {
        auto const self = weak.lock();
        if (self && !code) self->close_transport();
    });
}

void spdy_session::close_transport() noexcept
{
    if (transport_closed_) return;
    transport_closed_ = true;
    timer_.cancel();
    over_.close();
}

}  // namespace kuberay::net
