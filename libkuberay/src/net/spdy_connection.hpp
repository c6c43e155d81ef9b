#pragma once

#include "net/spdy_headers.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace kuberay::net {

enum class spdy_role { client, server };

struct spdy_options {
    spdy_options() = default;
    std::size_t stream_buffer = 256 * 1024;  ///< bytes held for a slow reader before the connection stops reading
    std::size_t max_streams = 2048;          ///< opened by the peer and not ended yet; more are refused
    std::chrono::steady_clock::duration ping_interval = std::chrono::seconds(10);  ///< zero: no pings
    /// How long nothing at all may come, pings unanswered, before the connection counts as lost; whole intervals. It does
    /// not run while this side does not read, nor when bytes sent to the peer may hold it up. Zero: never.
    std::chrono::steady_clock::duration silence_limit = std::chrono::seconds(60);
};

/// A stream that the peer opened (`accept`), already answered with SYN_REPLY.
struct spdy_incoming {
    spdy_incoming() = default;
    spdy_headers headers;
    byte_stream stream;
};

/// A stream whose SYN_STREAM is on its way. Bytes may follow it before the peer has answered.
struct spdy_opening {
    spdy_opening() = default;
    byte_stream stream;
    task<void> answered;  ///< ends with the peer's SYN_REPLY; its errors are those of `spdy_connection::open`
};

/// A SPDY/3.1 connection in the subset that Kubernetes uses, over any byte stream. A handle: copies are the same
/// connection; it ends with `close`, or when the last copy and the last of its streams are gone. Tasks of `accept` and
/// `ended` do not hold it.
///
/// Its streams are byte streams: `finish_writing` sends FIN, `close` (or destroying one before both sides have ended)
/// resets it. Reading ends with `eof` after the peer's FIN, `connection_reset` after its RST_STREAM and
/// `connection_aborted` when the connection ended. Writers take turns, in frames of at most 32 KiB.
///
/// There is no flow control in this protocol: a stream whose buffer is full stops the reading of the whole connection
/// until somebody reads from it or closes it. Memory is bounded by that.
/// Thread safety: on its executor only, which must be serial.
/// Source: SPDY/3.1 draft; moby/spdystream (reference kubernetes-clients 2.b.3).
class spdy_connection {
public:
    spdy_connection() = default;
    spdy_connection(byte_stream over, spdy_role role, spdy_options options = spdy_options());

    explicit operator bool() const noexcept { return state_ != nullptr; }

    /// Opens a stream and waits for the peer's SYN_REPLY. `finished`: with FIN, nothing will be written.
    ///
    /// Errors: `errc::connection_lost` when the connection has ended or ends meanwhile (also after GOAWAY);
    /// `errc::protocol_violation`; a refusal (RST_STREAM) is `errc::upgrade_refused`. Cancellation: terminal; the stream
    /// is reset.
    task<byte_stream> open(spdy_headers headers, bool finished = false);

    /// `open` that does not wait. Go's spdystream takes the frames of a stream in turn, so it has answered SYN_STREAM when
    /// it comes to the bytes behind it. Throws what `open` does when nothing can be opened.
    spdy_opening begin(spdy_headers const& headers, bool finished = false);

    /// The next stream opened by the peer; nullopt when the connection has ended. A client is never asked: it refuses
    /// the streams of its peer.
    task<std::optional<spdy_incoming>> accept();

    /// Suspends until the connection has ended; returns why. `errc::connection_lost` for an end of the bytes, an error
    /// of the transport or silence of the peer, `errc::protocol_violation`; no error after `close` of either side (GOAWAY, then the end).
    task<error> ended();
    /// What `ended` returns; no error before the end.
    error why_ended() const;

    /// False after the end and after the peer's GOAWAY. The connection then ends with its last stream.
    bool is_open() const noexcept;
    /// Streams that have not ended in both directions (resets end both).
    std::size_t open_streams() const noexcept;
    /// True while a stream with a full buffer stops the reading.
    bool is_stalled() const noexcept;

    /// Resets every stream, says GOAWAY and ends the connection. What is written already is still sent, if the peer takes
    /// it within a second.
    void close() noexcept;

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kuberay::net
