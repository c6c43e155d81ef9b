#include "ray/log_text_decoder.hpp"

#include <kuberay/base/error.hpp>

#include <cstring>

namespace kuberay::ray {
namespace {

constexpr std::string_view expected_head = "{\"logs\":\"";
constexpr unsigned replacement = 0xFFFD;

[[noreturn]] void refuse(char const* what)
{
    throw failure(errc::bad_document, std::string("the dashboard's log text cannot be read: ") + what);
}

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

void append_utf8(std::string& into, unsigned point)
{
    auto const put = [&](unsigned byte) { into += static_cast<char>(byte); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0 | point >> 6);
        put(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        put(0xE0 | point >> 12);
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    } else {
        put(0xF0 | point >> 18);
        put(0x80 | (point >> 12 & 0x3F));
        put(0x80 | (point >> 6 & 0x3F));
        put(0x80 | (point & 0x3F));
    }
}

}  // namespace

std::string log_text_decoder::put(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        char const c = bytes[at];
        switch (state_) {
        case state::before: put_before(c); break;
        case state::escape: put_escape(c, text); break;
        case state::digits: put_digit(c, text); break;
        case state::after:
            if (c == '}' && !closed_)
                closed_ = true;
            else if (!is_space(c))
                refuse("something follows it");
            break;
        case state::text: {
            // What needs no look at each of its bytes.
            std::size_t const end = std::min(bytes.find_first_of("\\\"", at), bytes.size());
            if (end > at) {
                end_pair(text);
                text.append(bytes.substr(at, end - at));
                at = end - 1;
            } else {
                put_text(c, text);
            }
            break;
        }
        }
    }
    return text;
}

void log_text_decoder::finish() const
{
    if (!closed_) refuse("it is cut off");
}

void log_text_decoder::put_before(char c)
{
    bool const is_in_name = head_.size() > 1 && head_.size() < 7;
    if (is_space(c) && !is_in_name) return;
    head_ += c;
    if (!expected_head.starts_with(head_)) refuse("it is no object with the text \"logs\"");
    if (head_.size() == expected_head.size()) state_ = state::text;
}

void log_text_decoder::put_text(char c, std::string& into)
{
    if (c == '\\') {
        state_ = state::escape;
        return;
    }
    end_pair(into);
    state_ = state::after;
}

void log_text_decoder::put_escape(char c, std::string& into)
{
    if (c == 'u') {
        unit_ = 0;
        digits_ = 0;
        state_ = state::digits;
        return;
    }
    constexpr std::string_view letters = "\"\\/bfnrt", stand_for = "\"\\/\b\f\n\r\t";
    std::size_t const which = letters.find(c);
    if (which == std::string_view::npos) refuse("an escape that JSON does not have");
    end_pair(into);
    into += stand_for[which];
    state_ = state::text;
}

void log_text_decoder::put_digit(char c, std::string& into)
{
    unsigned value = 0;
    if (c >= '0' && c <= '9')
        value = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
        value = static_cast<unsigned>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
        value = static_cast<unsigned>(c - 'A' + 10);
    else
        refuse("an escape that is not of four digits");
    unit_ = unit_ * 16 + value;
    if (++digits_ < 4) return;
    put_unit(into);
    state_ = state::text;
}

void log_text_decoder::put_unit(std::string& into)
{
    bool const is_high = unit_ >= 0xD800 && unit_ < 0xDC00;
    bool const is_low = unit_ >= 0xDC00 && unit_ < 0xE000;
    if (is_low && high_ != 0) {
        append_utf8(into, 0x10000 + ((high_ - 0xD800) << 10) + (unit_ - 0xDC00));
        high_ = 0;
        return;
    }
    end_pair(into);
    if (is_high)
        high_ = unit_;
    else
        append_utf8(into, is_low ? replacement : unit_);
}

void log_text_decoder::end_pair(std::string& into)
{
    if (high_ != 0) append_utf8(into, replacement);
    high_ = 0;
}

}  // namespace kuberay::ray
