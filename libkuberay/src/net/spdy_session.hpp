#pragma once

#include "net/spdy_codec.hpp"
#include "net/spdy_connection.hpp"
#include "net/spdy_liveness.hpp"
#include "net/spdy_stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace kuberay::net {

/// What the handles of a SPDY connection and its streams share: moves the bytes and keeps the list of streams. What is
/// under way on the transport keeps it alive.
class spdy_session : public std::enable_shared_from_this<spdy_session> {
public:
    struct incoming {
        incoming() = default;
        spdy_headers headers;
        std::shared_ptr<spdy_stream> stream;
    };

    spdy_session(byte_stream over, spdy_role role, spdy_options options);

    void start();

    /// Sends SYN_STREAM.
    std::shared_ptr<spdy_stream> open(spdy_headers const& headers, bool finished);
    std::optional<incoming> take_incoming();
    /// Why nothing can be opened, as a sentence of its own.
    error why_not_open() const;

    /// Notified at the end and when a stream comes in.
    condition& changed() noexcept { return changed_; }

    bool has_ended() const noexcept { return ended_; }

    bool is_open() const noexcept { return !ended_ && !goaway_received_; }

    bool is_stalled() const noexcept { return !ended_ && stalling_ > 0; }

    std::size_t open_streams() const noexcept { return streams_.size(); }

    error const& why_ended() const noexcept { return why_; }

    void close() noexcept;

    /// For the streams.
    asio::any_io_executor get_executor() const noexcept { return over_.get_executor(); }

    /// The buffer for a frame, when there is room and no other writer waits; null otherwise.
    std::string* room() noexcept;
    void wait_for_room(std::shared_ptr<spdy_stream> writer);
    void send(std::string const& frame);
    void send_data_fin(std::uint32_t id);
    void sent_data(std::size_t size) noexcept { liveness_.sent_data(size); }
    void flush();
    /// Takes a stream that has ended off the list.
    void forget(std::uint32_t id);
    void stall() noexcept { ++stalling_; }
    void resume() noexcept;

private:
    void read_next();
    void arrived(error_code code, std::size_t size);
    void take(std::string_view bytes);
    void take(spdy_frame& frame);
    void take_data(spdy_frame const& frame);
    void take_syn(spdy_frame& frame);
    void take_goaway(spdy_frame const& frame);
    void reset(std::uint32_t id, spdy_status status);
    std::shared_ptr<spdy_stream> find(std::uint32_t id) const;
    bool is_own(std::uint32_t id) const noexcept { return (id % 2 == 1) == (role_ == spdy_role::client); }

    void fill();
    void write_next();
    void written(error_code code, std::size_t size);
    void beat_later();
    void beat();
    void end(error why);
    void lose(error_code code);
    void lose(error why);
    void close_transport() noexcept;

    byte_stream over_;
    spdy_role role_;
    spdy_options options_;
    condition changed_;
    spdy_liveness liveness_;
    asio::steady_timer timer_;  // the next ping; after the end the patience with the last bytes

    spdy_decoder decoder_;
    spdy_encoder encoder_;
    std::unordered_map<std::uint32_t, std::shared_ptr<spdy_stream>> streams_;
    std::deque<incoming> incoming_;
    std::deque<std::shared_ptr<spdy_stream>> writers_;
    std::vector<std::shared_ptr<spdy_stream>> readers_;  // that got something of what arrived
    std::size_t stalling_ = 0;
    std::size_t opened_by_peer_ = 0;  // and on the list
    std::uint32_t next_id_;
    std::uint32_t next_ping_;
    std::uint32_t last_from_peer_ = 0;

    std::string filling_, sending_;
    std::size_t sent_ = 0;
    std::array<char, 65536> buffer_;
    bool reading_ = false;
    bool writing_ = false;
    bool goaway_received_ = false;
    bool ended_ = false;
    bool transport_closed_ = false;
    error why_;
};

}  // namespace kuberay::net
