#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace kuberay::net {

/// Judges from pings whether the peer of a SPDY connection is gone. Does no input or output.
///
/// A peer that bytes of ours hold up (a program that does not read its input) answers no pings and is healthy. Go's
/// spdystream takes pings through five queues in turn, those of the DATA, and reads no more once one of them holds 50
/// frames. So silence means something only while little DATA was sent behind a whole round of answered pings, and no
/// earlier ping was passed over.
/// Time is counted in beats, each with a ping: neither a machine that slept nor a process that was stopped lost its peer.
class spdy_liveness {
public:
    /// What was sent and received.
    void received() noexcept { heard_ = true; }
    void sent_data(std::size_t size) noexcept { sent_ += size + weight_of_frame; }
    void sent_ping(std::uint32_t id);
    void answered(std::uint32_t id);

    /// Ends a beat. `reading`: all that came was read. Returns for how many beats in succession silence has meant that
    /// the peer is gone.
    unsigned beat(bool reading);

private:
    static constexpr std::size_t round = 5;  // pings for all queues of the peer
    static constexpr std::size_t weight_of_frame = 2048;
    static constexpr std::size_t harmless = 64 * 1024;  // 32 frames, or fewer with many bytes: no peer is held up by it

    struct ping {
        std::uint32_t id = 0;
        std::uint64_t sent_before = 0;
        bool answered = false;
    };

    bool may_be_held_up() const;
    std::size_t answered_in_succession() const;

    std::deque<ping> pings_;  // from the first that still tells something
    std::uint64_t sent_ = 0;
    std::uint64_t proven_ = 0;  // of what was sent: has passed the peer's queues
    bool heard_ = false;
    unsigned silent_beats_ = 0;
};

}  // namespace kuberay::net
