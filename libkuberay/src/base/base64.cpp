#include <kuberay/base/base64.hpp>

#include <array>
#include <cstdint>

namespace kuberay {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t no_digit = 0xFF;

constexpr auto digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::uint8_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = i;
    return table;
}();

error refused(char const* why) { return error(errc::bad_document, std::string("invalid base64: ") + why); }

}  // namespace

std::string base64_encode(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    auto const byte = [&](std::size_t at) -> std::uint32_t {
        return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u;
    };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t const group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        text += alphabet[group >> 18];
        text += alphabet[group >> 12 & 0x3F];
        text += i + 1 < bytes.size() ? alphabet[group >> 6 & 0x3F] : '=';
        text += i + 2 < bytes.size() ? alphabet[group & 0x3F] : '=';
    }
    return text;
}

result<std::string> base64_decode(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    unsigned filled = 0, padding = 0;
    for (char const c : text) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c == '=') {
            ++padding;
        } else {
            std::uint8_t const digit = digits[static_cast<unsigned char>(c)];
            if (digit == no_digit) return refused("it holds a character outside the alphabet");
            if (padding != 0) return refused("it goes on after its padding");
            group = group << 6 | digit;
        }
        if (++filled < 4) continue;
        if (padding > 2) return refused("too much padding");
        group <<= 6 * padding;
        bytes += static_cast<char>(static_cast<unsigned char>(group >> 16));
        if (padding < 2) bytes += static_cast<char>(static_cast<unsigned char>(group >> 8));
        if (padding < 1) bytes += static_cast<char>(static_cast<unsigned char>(group));
        group = 0;
        filled = 0;
    }
    if (filled != 0) return refused("it ends in the middle of a group, or its padding is missing");
    return bytes;
}

}  // namespace kuberay
