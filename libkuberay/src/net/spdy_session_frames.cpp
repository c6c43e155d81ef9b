// What a SPDY session does with the frames of its peer.
#include "net/spdy_session.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::net {

void spdy_session::take(std::string_view bytes)
{
    try {
        while (!ended_) {
            std::optional<spdy_frame> frame = decoder_.next(bytes);
            if (!frame) break;
            take(*frame);
        }
    } catch (failure const& broken) {
        filling_ += spdy_goaway(last_from_peer_, static_cast<std::uint32_t>(spdy_status::protocol_error));
        error why = broken.error();
        if (why.code() != errc::protocol_violation) why = error(errc::protocol_violation, why.message());
        end(std::move(why));
    }
    for (auto const& reader : std::exchange(readers_, {}))
        reader->deliver();
}

void spdy_session::take(spdy_frame& frame)
{
    switch (frame.type) {
    case spdy_frame_type::data: return take_data(frame);
    case spdy_frame_type::syn_stream: return take_syn(frame);
    case spdy_frame_type::goaway: return take_goaway(frame);
    case spdy_frame_type::ping:
        if (is_own(frame.id)) return liveness_.answered(frame.id);
        send(spdy_ping(frame.id));
        return;
    case spdy_frame_type::syn_reply:
    case spdy_frame_type::headers: {
        // Frames of a stream that was reset here may still be on their way: they are no fault.
        auto const stream = find(frame.id);
        if (!stream) return;
        if (frame.type == spdy_frame_type::syn_reply) stream->take_reply();
        if (frame.fin) stream->take_fin();
        return;
    }
    case spdy_frame_type::rst_stream:
        if (auto const stream = find(frame.id)) {
            stream->fail(asio::error::connection_reset);
            std::erase_if(incoming_, [&](auto const& waiting) { return waiting.stream == stream; });
            forget(frame.id);
        }
        return;
    case spdy_frame_type::settings:
    case spdy_frame_type::window_update: return;  // ignored by the peers we know, too
    }
}

void spdy_session::take_data(spdy_frame const& frame)
{
    auto const stream = find(frame.id);
    if (!stream) return;
    if (stream->has_read_end()) {
        stream->fail(asio::error::connection_reset);
        return reset(frame.id, spdy_status::stream_already_closed);
    }
    if (stream->put(frame.payload)) readers_.push_back(stream);
    if (frame.fin) stream->take_fin();
}

void spdy_session::take_syn(spdy_frame& frame)
{
    if (is_own(frame.id) || frame.id <= last_from_peer_)
        throw failure(errc::protocol_violation, "the peer of a SPDY connection opened a stream with a wrong number");
    last_from_peer_ = frame.id;
    if (role_ == spdy_role::client || opened_by_peer_ >= options_.max_streams)
        return send(spdy_rst_stream(frame.id, spdy_status::refused_stream));
    auto const stream = std::make_shared<spdy_stream>(this, frame.id, options_.stream_buffer, !frame.unidirectional);
    streams_.emplace(frame.id, stream);
    ++opened_by_peer_;
    send(encoder_.syn_reply(frame.id, spdy_headers(), frame.unidirectional));
    incoming& waiting = incoming_.emplace_back();
    waiting.headers = std::move(frame.headers);
    waiting.stream = stream;
    if (frame.fin) stream->take_fin();
    changed_.notify_all();
}

void spdy_session::take_goaway(spdy_frame const& frame)
{
    goaway_received_ = true;
    // The peer has not seen the later ones and will not.
    std::vector<std::shared_ptr<spdy_stream>> unseen;
    for (auto const& [id, stream] : streams_)
        if (is_own(id) && id > frame.id && !stream->has_reply()) unseen.push_back(stream);
    for (auto const& stream : unseen) {
        stream->fail(asio::error::connection_aborted);
        forget(stream->id());
    }
    if (!ended_ && streams_.empty()) close();
}

void spdy_session::reset(std::uint32_t id, spdy_status status)
{
    send(spdy_rst_stream(id, status));
    forget(id);
}

std::shared_ptr<spdy_stream> spdy_session::find(std::uint32_t id) const
{
    auto const found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second;
}

void spdy_session::forget(std::uint32_t id)
{
    if (streams_.erase(id) == 0) return;
    if (!is_own(id)) --opened_by_peer_;
    if (goaway_received_ && !ended_ && streams_.empty()) close();
}

}  // namespace kuberay::net
