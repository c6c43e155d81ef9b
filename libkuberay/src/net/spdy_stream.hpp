#pragma once

#include "net/pending_operation.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::net {

class spdy_session;

/// One stream of a SPDY session, between the session and the byte stream that is its user's end.
///
/// Lifetime: whoever uses it holds the session; the session lists it until it has ended in both directions.
class spdy_stream : public std::enable_shared_from_this<spdy_stream> {
public:
    static constexpr std::size_t max_frame = 32 * 1024;  ///< as Go's io.Copy; others get their turn after it

    spdy_stream(spdy_session* session, std::uint32_t id, std::size_t capacity, bool may_write);

    asio::any_io_executor get_executor() const noexcept;

    std::uint32_t id() const noexcept { return id_; }

    bool has_ended() const noexcept { return (read_ended_ && write_ended_) || failure_ || closed_; }

    bool has_reply() const noexcept { return replied_; }

    bool has_read_end() const noexcept { return read_ended_; }

    /// The user's end. One read and one write at a time.
    void read_some(asio::mutable_buffer into, byte_stream::handler done);
    void write_some(std::span<asio::const_buffer const> from, byte_stream::handler done);
    void finish_writing(byte_stream::handler done);
    void close() noexcept;
    /// Ends with no error at the SYN_REPLY, with that of `fail` otherwise.
    void wait_for_reply(byte_stream::handler done);

    /// The session's end. `put` is true when `deliver` has to be called once what has arrived is put in whole: a
    /// read gets as much of it as it has room for.
    bool put(std::string_view bytes);
    void deliver();
    void take_reply();
    void take_fin();
    /// A reset, or the end of the session; reads get what has arrived before.
    void fail(error_code why);
    /// Appends a frame of what is being written. Nothing happens when its writer has given up.
    void write_frame(std::string& to);

private:
    void start(pending_operation& operation, byte_stream::handler done);
    error_code write_error() const noexcept;
    void append_frame(std::string& to, std::span<asio::const_buffer const> from, std::size_t size) const;
    void relieve() noexcept;

    spdy_session* session_;
    std::uint32_t id_;
    std::size_t capacity_;

    std::string arrived_;  // taken up to used_
    std::size_t used_ = 0;
    bool stalling_ = false;

    pending_operation read_, write_, reply_;
    asio::mutable_buffer into_;
    std::size_t got_ = 0;  // of the read under way
    std::array<asio::const_buffer, 8> from_;
    std::size_t from_count_ = 0;

    bool replied_ = false;
    bool read_ended_ = false;
    bool write_ended_ = false;
    bool closed_ = false;
    error_code failure_;
};

/// The user's end of `stream`; destroying it closes it. `owner` keeps the session open.
byte_stream make_spdy_stream(std::shared_ptr<void> owner, std::shared_ptr<spdy_stream> stream);

}  // namespace kuberay::net
