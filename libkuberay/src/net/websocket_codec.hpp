#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay::net {

enum class websocket_role { client, server };

/// RFC 6455 section 5.2.
enum class websocket_opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

using websocket_mask = std::array<char, 4>;

/// Masks that nobody can foretell (section 5.3), from random bytes that are fetched for many frames at once.
/// Errors: `errc::unexpected` when OpenSSL gives no random bytes.
class websocket_masks {
public:
    websocket_mask next();

private:
    std::array<char, 128 * sizeof(websocket_mask)> random_{};
    std::size_t used_ = random_.size();
};

/// The head of an unfragmented frame. A client gives a mask, and applies it to the payload with `apply_mask`.
std::string
websocket_frame_head(websocket_opcode opcode, std::size_t payload_size, std::optional<websocket_mask> const& mask);

/// Masks and unmasks (the same operation); `offset` is the place of `payload` in its frame.
void apply_mask(char* payload, std::size_t size, websocket_mask const& mask, std::size_t offset = 0) noexcept;

/// The payload of a close frame.
std::string websocket_close_payload(int code);

/// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key.
std::string websocket_accept_key(std::string_view key);

struct websocket_event {
    websocket_event() = default;
    websocket_opcode kind = websocket_opcode::binary;  ///< text and binary: a whole message
    std::string payload;
    int close_code = 0;       ///< of a close frame; 1005 when it had none
    bool fragmented = false;  ///< a message that came in more than one frame
};

/// Messages and control frames from bytes that come in pieces of any size; fragments are put together. The text of
/// messages is not checked to be UTF-8: callers take payloads as bytes. Does no input or output.
///
/// Errors of `put`: `errc::protocol_violation`; `errc::too_large` for a message beyond the limit.
class websocket_decoder {
public:
    /// `reader` is the role of this side: what comes to a server is masked, what comes to a client is not.
    websocket_decoder(websocket_role reader, std::size_t max_message_size);

    void put(std::string_view bytes);
    std::optional<websocket_event> next();
    bool next_is_control() const noexcept;

    /// A frame or a fragmented message has begun and not ended.
    bool is_inside_message() const noexcept { return !head_.empty() || in_payload_ || fragmented_; }

private:
    bool take_head(std::string_view& bytes);
    void start_frame();
    void take_payload(std::string_view& bytes);
    void end_frame();
    void end_control_frame();

    websocket_role reader_;
    std::size_t max_message_size_;
    std::deque<websocket_event> events_;
    std::string head_;
    bool in_payload_ = false;
    bool closed_ = false;

    // the frame under way
    websocket_opcode opcode_ = websocket_opcode::binary;
    bool final_ = false;
    std::uint64_t size_ = 0;
    std::uint64_t taken_ = 0;
    websocket_mask mask_{};
    std::string control_;

    // the message under way
    bool fragmented_ = false;
    websocket_opcode message_kind_ = websocket_opcode::binary;
    std::string message_;
};

}  // namespace kuberay::net
