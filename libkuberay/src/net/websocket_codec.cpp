#include "net/websocket_codec.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/error.hpp>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace kuberay::net {
namespace {

constexpr std::size_t max_control_size = 125;

unsigned byte_at(std::string_view bytes, std::size_t at) noexcept { return static_cast<unsigned char>(bytes[at]); }

[[noreturn]] void throw_violation(std::string const& what)
{
    throw failure(errc::protocol_violation, "the peer of a WebSocket sent " + what);
}

bool is_control(websocket_opcode opcode) noexcept { return opcode >= websocket_opcode::close; }

// RFC 6455 section 7.4 and the IANA registry.
bool is_close_code(int code) noexcept
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

std::size_t head_size(std::string_view head) noexcept
{
    if (head.size() < 2) return 2;
    unsigned const length = byte_at(head, 1) & 0x7f;
    std::size_t const extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    std::size_t const mask = (byte_at(head, 1) & 0x80) != 0 ? 4 : 0;
    return 2 + extra + mask;
}

}  // namespace

websocket_mask websocket_masks::next()
{
    if (used_ == random_.size()) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(random_.data()), static_cast<int>(random_.size())) != 1)
            throw failure(errc::unexpected, "OpenSSL gives no random bytes");
        used_ = 0;
    }
    websocket_mask mask;
    std::copy_n(random_.begin() + static_cast<std::ptrdiff_t>(used_), mask.size(), mask.begin());
    used_ += mask.size();
    return mask;
}

std::string
websocket_frame_head(websocket_opcode opcode, std::size_t payload_size, std::optional<websocket_mask> const& mask)
{
    std::string head(1, static_cast<char>(0x80 | static_cast<unsigned>(opcode)));
    unsigned const masked = mask ? 0x80 : 0;
    int extra = 0;
    if (payload_size <= max_control_size) {
        head += static_cast<char>(masked | static_cast<unsigned>(payload_size));
    } else {
        extra = payload_size <= 0xffff ? 2 : 8;
        head += static_cast<char>(masked | (extra == 2 ? 126u : 127u));
    }
    for (int i = extra - 1; i >= 0; --i)
        head += static_cast<char>(static_cast<std::uint64_t>(payload_size) >> (8 * i) & 0xff);
    if (mask) head.append(mask->data(), mask->size());
    return head;
}

void apply_mask(char* payload, std::size_t size, websocket_mask const& mask, std::size_t offset) noexcept
{
    std::array<char, 8> pattern;
    for (std::size_t i = 0; i < pattern.size(); ++i)
        pattern[i] = mask[(offset + i) % mask.size()];
    std::uint64_t wide = 0;
    std::memcpy(&wide, pattern.data(), sizeof wide);
    std::size_t at = 0;
    for (; at + sizeof wide <= size; at += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, payload + at, sizeof word);
        word ^= wide;
        std::memcpy(payload + at, &word, sizeof word);
    }
    for (; at < size; ++at)
        payload[at] = static_cast<char>(payload[at] ^ pattern[at % pattern.size()]);
}

std::string websocket_close_payload(int code)
{
    std::string payload(1, static_cast<char>(code >> 8 & 0xff));
    payload += static_cast<char>(code & 0xff);
    return payload;
}

std::string websocket_accept_key(std::string_view key)
{
    std::string const salted = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::string digest(SHA_DIGEST_LENGTH, '\0');
    SHA1(
        reinterpret_cast<unsigned char const*>(salted.data()), salted.size(),
        reinterpret_cast<unsigned char*>(digest.data())
    );
    return base64_encode(digest);
}

websocket_decoder::websocket_decoder(websocket_role reader, std::size_t max_message_size)
    : reader_(reader)
    , max_message_size_(max_message_size)
{
}

std::optional<websocket_event> websocket_decoder::next()
{
    if (events_.empty()) return std::nullopt;
    std::optional<websocket_event> first(std::move(events_.front()));
    events_.pop_front();
    return first;
}

bool websocket_decoder::next_is_control() const noexcept
{
    return !events_.empty() && is_control(events_.front().kind);
}

void websocket_decoder::put(std::string_view bytes)
{
    // What follows a close frame means nothing (section 5.5.1).
    while (!closed_ && (!bytes.empty() || in_payload_)) {
        if (!in_payload_ && !take_head(bytes)) return;
        take_payload(bytes);
        if (taken_ < size_) return;
        end_frame();
    }
}

bool websocket_decoder::take_head(std::string_view& bytes)
{
    while (head_.size() < head_size(head_)) {
        if (bytes.empty()) return false;
        std::size_t const size = std::min(bytes.size(), head_size(head_) - head_.size());
        head_.append(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    start_frame();
    head_.clear();
    return true;
}

void websocket_decoder::start_frame()
{
    unsigned const first = byte_at(head_, 0);
    unsigned const length = byte_at(head_, 1) & 0x7f;
    bool const masked = (byte_at(head_, 1) & 0x80) != 0;
    if ((first & 0x70) != 0) throw_violation("a frame of an extension that was not agreed");
    if (masked != (reader_ == websocket_role::server))
        throw_violation("a frame that is masked where it must not be, or not masked");
    final_ = (first & 0x80) != 0;
    unsigned const opcode = first & 0x0f;
    if ((opcode > 2 && opcode < 8) || opcode > 10) throw_violation("a frame of an unknown kind");
    opcode_ = static_cast<websocket_opcode>(opcode);

    std::size_t const extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    size_ = extra == 0 ? length : 0;
    for (std::size_t i = 0; i < extra; ++i)
        size_ = size_ << 8 | byte_at(head_, 2 + i);
    if ((extra == 2 && size_ <= max_control_size) || (extra == 8 && (size_ <= 0xffff || size_ >> 63 != 0)))
        throw_violation("a frame whose length is not written in its shortest form");
    if (masked) std::copy_n(head_.end() - 4, 4, mask_.begin());

    if (is_control(opcode_)) {
        if (!final_ || size_ > max_control_size) throw_violation("a control frame that is fragmented or too long");
        control_.clear();
    } else {
        if ((opcode_ == websocket_opcode::continuation) != fragmented_) throw_violation("fragments out of order");
        if (!fragmented_) {
            message_kind_ = opcode_;
            message_.clear();
        }
        if (size_ > max_message_size_ - message_.size())
            throw failure(
                errc::too_large, "a WebSocket message is larger than " + std::to_string(max_message_size_) + " bytes"
            );
        // An announcement alone shall not cost memory.
        message_.reserve(message_.size() + static_cast<std::size_t>(std::min<std::uint64_t>(size_, 1u << 20)));
    }
    taken_ = 0;
    in_payload_ = true;
}

void websocket_decoder::take_payload(std::string_view& bytes)
{
    std::string& into = is_control(opcode_) ? control_ : message_;
    std::size_t const size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), size_ - taken_));
    std::size_t const at = into.size();
    into.append(bytes.substr(0, size));
    if (reader_ == websocket_role::server) apply_mask(into.data() + at, size, mask_, static_cast<std::size_t>(taken_));
    taken_ += size;
    bytes.remove_prefix(size);
}

void websocket_decoder::end_frame()
{
    in_payload_ = false;
    if (is_control(opcode_)) return end_control_frame();
    fragmented_ = !final_;
    if (fragmented_) return;
    websocket_event& event = events_.emplace_back();
    event.kind = message_kind_;
    event.payload = std::exchange(message_, std::string());
    event.fragmented = opcode_ == websocket_opcode::continuation;
}

void websocket_decoder::end_control_frame()
{
    websocket_event& event = events_.emplace_back();
    event.kind = opcode_;
    event.payload = std::exchange(control_, std::string());
    if (opcode_ != websocket_opcode::close) return;
    closed_ = true;
    event.close_code = 1005;
    if (event.payload.empty()) return;
    if (event.payload.size() == 1) throw_violation("a close frame with half a code");
    event.close_code = static_cast<int>(byte_at(event.payload, 0) << 8 | byte_at(event.payload, 1));
    if (!is_close_code(event.close_code)) throw_violation("a close frame with an unknown code");
    event.payload.erase(0, 2);
}

}  // namespace kuberay::net
