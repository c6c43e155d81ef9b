#include "net/spdy_codec.hpp"

#include <kuberay/base/error.hpp>

#include <algorithm>

namespace kuberay::net {
namespace {

constexpr unsigned version = 3;
constexpr unsigned flag_fin = 1;
constexpr unsigned flag_unidirectional = 2;
constexpr std::uint32_t control_bit = 0x80000000;

[[noreturn]] void throw_violation(std::string const& what)
{
    throw failure(errc::protocol_violation, "the peer of a SPDY connection sent " + what);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) noexcept
{
    std::uint32_t value = 0;
    for (char const c : bytes.substr(at, 4))
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

void append_number(std::string& to, std::size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        to += static_cast<char>(number >> shift & 0xff);
}

std::string control_head(spdy_frame_type type, unsigned flags, std::size_t size)
{
    std::string head;
    append_number(head, control_bit | version << 16 | static_cast<unsigned>(type));
    append_number(head, flags << 24 | size);
    return head;
}

std::string two_numbers(spdy_frame_type type, std::uint32_t first, std::uint32_t second)
{
    std::string frame = control_head(type, 0, 8);
    append_number(frame, first);
    append_number(frame, second);
    return frame;
}

std::string reply_frame(spdy_frame_type type, std::uint32_t id, std::string const& block, bool fin)
{
    std::string frame = control_head(type, fin ? flag_fin : 0, 4 + block.size());
    append_number(frame, id);
    return frame + block;
}

struct frame_rule {
    spdy_frame_type type;
    char const* name;
    std::size_t size;
    bool exact;  // the size is all there is
    bool flags;
};

constexpr std::array<frame_rule, 8> rules{{
    {spdy_frame_type::syn_stream, "SYN_STREAM", 10, false, true},
    {spdy_frame_type::syn_reply, "SYN_REPLY", 4, false, true},
    {spdy_frame_type::rst_stream, "RST_STREAM", 8, true, false},
    {spdy_frame_type::settings, "SETTINGS", 4, false, true},
    {spdy_frame_type::ping, "PING", 4, true, false},
    {spdy_frame_type::goaway, "GOAWAY", 8, true, false},
    {spdy_frame_type::headers, "HEADERS", 4, false, true},
    {spdy_frame_type::window_update, "WINDOW_UPDATE", 8, true, false},
}};

frame_rule const* rule_of(spdy_frame_type type) noexcept
{
    auto const found = std::find_if(rules.begin(), rules.end(), [&](auto const& rule) { return rule.type == type; });
    return found == rules.end() ? nullptr : &*found;
}

}  // namespace

std::optional<spdy_frame> spdy_decoder::next(std::string_view& bytes)
{
    for (;;) {
        if (part_ == part::head && !take_head(bytes)) return std::nullopt;
        if (part_ == part::data) {
            if (bytes.empty() && left_ > 0) return std::nullopt;
            return take_data(bytes);
        }
        std::string_view const piece = bytes.substr(0, left_);
        bytes.remove_prefix(piece.size());
        left_ -= piece.size();
        if (part_ == part::skipped) {
            if (left_ > 0) return std::nullopt;
            part_ = part::head;
            continue;
        }
        if (left_ > 0) {
            control_ += piece;
            return std::nullopt;
        }
        part_ = part::head;
        if (control_.empty()) return read_control(piece);
        control_ += piece;
        std::string const whole = std::move(control_);
        control_.clear();
        return read_control(whole);
    }
}

bool spdy_decoder::take_head(std::string_view& bytes)
{
    std::size_t const size = std::min(bytes.size(), head_.size() - head_size_);
    std::copy_n(bytes.begin(), size, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
    bytes.remove_prefix(size);
    head_size_ += size;
    if (head_size_ < head_.size()) return false;
    head_size_ = 0;
    start_frame();
    return true;
}

void spdy_decoder::start_frame()
{
    std::string_view const head(head_.data(), head_.size());
    std::uint32_t const first = number_at(head, 0);
    std::uint32_t const second = number_at(head, 4);
    flags_ = second >> 24;
    left_ = second & 0xffffff;
    if ((first & control_bit) == 0) {
        if (first == 0) throw_violation("DATA of the stream 0");
        id_ = first;
        part_ = part::data;
        return;
    }
    if ((first >> 16 & 0x7fff) != version) throw_violation("a frame of another version of SPDY");
    if (left_ > max_control_size)
        throw failure(
            errc::too_large, "a control frame of SPDY is larger than " + std::to_string(max_control_size) + " bytes"
        );
    type_ = static_cast<spdy_frame_type>(first & 0xffff);
    frame_rule const* const rule = rule_of(type_);
    part_ = rule != nullptr ? part::control : part::skipped;
    if (rule == nullptr) return;
    if (left_ < rule->size || (rule->exact && left_ > rule->size))
        throw_violation(std::string("a ") + rule->name + " frame of a wrong length");
    if (!rule->flags && flags_ != 0) throw_violation(std::string("a ") + rule->name + " frame with flags");
}

spdy_frame spdy_decoder::take_data(std::string_view& bytes)
{
    spdy_frame frame;
    frame.id = id_;
    frame.payload = bytes.substr(0, left_);
    bytes.remove_prefix(frame.payload.size());
    left_ -= frame.payload.size();
    if (left_ == 0) {
        frame.fin = (flags_ & flag_fin) != 0;
        part_ = part::head;
    }
    return frame;
}

spdy_frame spdy_decoder::read_control(std::string_view payload)
{
    spdy_frame frame;
    frame.type = type_;
    std::uint32_t const first = number_at(payload, 0);
    bool const names_stream = type_ != spdy_frame_type::ping && type_ != spdy_frame_type::settings;
    frame.id = names_stream ? first & ~control_bit : first;
    switch (type_) {
    case spdy_frame_type::syn_stream:
        frame.unidirectional = (flags_ & flag_unidirectional) != 0;
        frame.headers = inflater_.put(payload.substr(10));
        break;
    case spdy_frame_type::syn_reply:
    case spdy_frame_type::headers: frame.headers = inflater_.put(payload.substr(4)); break;
    case spdy_frame_type::settings:
        frame.id = 0;
        if (payload.size() != 4 + std::uint64_t(first) * 8) throw_violation("a SETTINGS frame of a wrong length");
        return frame;
    case spdy_frame_type::rst_stream:
    case spdy_frame_type::goaway:
    case spdy_frame_type::window_update: frame.value = number_at(payload, 4); break;
    case spdy_frame_type::ping:
    case spdy_frame_type::data: break;
    }
    // The last stream of a GOAWAY is 0 when there was none; a WINDOW_UPDATE of 0 is one of the connection.
    bool const may_be_zero = type_ == spdy_frame_type::goaway || type_ == spdy_frame_type::window_update;
    if (frame.id == 0 && !may_be_zero) throw_violation("a frame that names the stream 0");
    if (type_ == spdy_frame_type::rst_stream && frame.value == 0) throw_violation("a RST_STREAM frame without status");
    frame.fin = rule_of(type_)->flags && (flags_ & flag_fin) != 0;
    return frame;
}

std::string spdy_encoder::syn_stream(std::uint32_t id, spdy_headers const& headers, bool fin)
{
    std::string const block = deflater_.put(headers);
    std::string frame = control_head(spdy_frame_type::syn_stream, fin ? flag_fin : 0, 10 + block.size());
    append_number(frame, id);
    append_number(frame, 0);  // belongs to no other stream
    frame.append(2, '\0');    // priority, slot
    return frame + block;
}

std::string spdy_encoder::syn_reply(std::uint32_t id, spdy_headers const& headers, bool fin)
{
    return reply_frame(spdy_frame_type::syn_reply, id, deflater_.put(headers), fin);
}

std::string spdy_encoder::headers(std::uint32_t id, spdy_headers const& headers, bool fin)
{
    return reply_frame(spdy_frame_type::headers, id, deflater_.put(headers), fin);
}

std::array<char, 8> spdy_data_head(std::uint32_t id, std::size_t size, bool fin) noexcept
{
    std::array<char, 8> head;
    for (std::size_t i = 0; i < 4; ++i)
        head[i] = static_cast<char>(id >> (24 - 8 * i) & 0xff);
    head[4] = static_cast<char>(fin ? flag_fin : 0);
    for (std::size_t i = 0; i < 3; ++i)
        head[5 + i] = static_cast<char>(size >> (16 - 8 * i) & 0xff);
    return head;
}

std::string spdy_rst_stream(std::uint32_t id, spdy_status status)
{
    return two_numbers(spdy_frame_type::rst_stream, id, static_cast<std::uint32_t>(status));
}

std::string spdy_ping(std::uint32_t id)
{
    std::string frame = control_head(spdy_frame_type::ping, 0, 4);
    append_number(frame, id);
    return frame;
}

std::string spdy_goaway(std::uint32_t last_good_id, std::uint32_t status)
{
    return two_numbers(spdy_frame_type::goaway, last_good_id, status);
}

}  // namespace kuberay::net
