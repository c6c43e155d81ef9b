#pragma once

#include "net/spdy_headers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::net {

/// The numbers of control frames; DATA frames have none.
enum class spdy_frame_type : std::uint16_t {
    data = 0,
    syn_stream = 1,
    syn_reply = 2,
    rst_stream = 3,
    settings = 4,
    ping = 6,
    goaway = 7,
    headers = 8,
    window_update = 9,
};

/// Of RST_STREAM. GOAWAY has its own: 0 is a proper end, 1 a breach of the protocol.
enum class spdy_status : std::uint32_t {
    protocol_error = 1,
    invalid_stream = 2,
    refused_stream = 3,
    unsupported_version = 4,
    cancel = 5,
    internal_error = 6,
    flow_control_error = 7,
    stream_in_use = 8,
    stream_already_closed = 9,
};

/// A control frame, or a piece of the payload of a DATA frame.
struct spdy_frame {
    spdy_frame() = default;
    spdy_frame_type type = spdy_frame_type::data;
    std::uint32_t id = 0;         ///< the stream; of GOAWAY the last one that was taken; of PING its own
    bool fin = false;             ///< of DATA: with the last piece of the frame
    bool unidirectional = false;  ///< of SYN_STREAM
    std::uint32_t value = 0;      ///< the status of RST_STREAM and GOAWAY, the size of WINDOW_UPDATE
    spdy_headers headers;
    std::string_view payload;  ///< of DATA
};

/// Frames from bytes that come in pieces of any size. The payload of DATA is never held: it is a view of what was
/// given. Control frames of unknown types are passed over. Does no input or output.
///
/// Errors: `errc::protocol_violation`, `errc::too_large` for a control frame beyond 64 KiB and those of
/// `spdy_inflater`. It is good for nothing after an error.
/// Source: SPDY/3.1 draft, section 2.2; strict where moby/spdystream's reader is.
class spdy_decoder {
public:
    static constexpr std::size_t max_control_size = 65536;

    /// The next frame; takes what it reads from the front of `bytes`. Nullopt when all is taken.
    std::optional<spdy_frame> next(std::string_view& bytes);

private:
    enum class part { head, data, control, skipped };

    bool take_head(std::string_view& bytes);
    void start_frame();
    spdy_frame take_data(std::string_view& bytes);
    spdy_frame read_control(std::string_view payload);

    spdy_inflater inflater_;
    part part_ = part::head;
    std::array<char, 8> head_{};
    std::size_t head_size_ = 0;
    std::string control_;
    spdy_frame_type type_ = spdy_frame_type::data;
    std::uint32_t id_ = 0;
    unsigned flags_ = 0;
    std::size_t left_ = 0;
};

/// The frames with headers, in the order in which they are sent.
/// Errors: those of `spdy_deflater`.
class spdy_encoder {
public:
    std::string syn_stream(std::uint32_t id, spdy_headers const& headers, bool fin = false);
    std::string syn_reply(std::uint32_t id, spdy_headers const& headers, bool fin = false);
    std::string headers(std::uint32_t id, spdy_headers const& headers, bool fin = false);

private:
    spdy_deflater deflater_;
};

/// The head of a DATA frame; `size` bytes (below 2^24) follow.
std::array<char, 8> spdy_data_head(std::uint32_t id, std::size_t size, bool fin = false) noexcept;
std::string spdy_rst_stream(std::uint32_t id, spdy_status status);
std::string spdy_ping(std::uint32_t id);
std::string spdy_goaway(std::uint32_t last_good_id, std::uint32_t status);

}  // namespace kuberay::net
