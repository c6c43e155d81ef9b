#include "kube/json_scanner.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>

#include <bit>
#endif

namespace kuberay::kube {

// Takes one significant byte (quote, backslash or bracket) that is not escaped; true when the value ends with it.
bool json_scanner::ends_at(char c) noexcept
{
    if (c == '"') {
        in_string_ = !in_string_;
        return false;
    }
    if (in_string_ || c == '\\') return false;
    if (c == '{' || c == '[') {
        ++depth_;
        return false;
    }
    return depth_ == 0 || --depth_ == 0;
}

std::size_t json_scanner::scan(std::string_view piece) noexcept
{
    std::size_t at = 0;
    if (escaped_ && !piece.empty()) {
        escaped_ = false;
        at = 1;
    }
#if defined(__SSE2__)
    __m128i const quote = _mm_set1_epi8('"');
    __m128i const backslash = _mm_set1_epi8('\\');
    __m128i const opening = _mm_set1_epi8('{');
    __m128i const closing = _mm_set1_epi8('}');
    __m128i const case_bit = _mm_set1_epi8(0x20);  // makes '[' a '{' and ']' a '}'
    while (at + 16 <= piece.size()) {
        __m128i bytes{};
        __builtin_memcpy(&bytes, piece.data() + at, sizeof(bytes));
        __m128i const folded = _mm_or_si128(bytes, case_bit);
        __m128i const quotes = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        __m128i const brackets = _mm_or_si128(_mm_cmpeq_epi8(folded, opening), _mm_cmpeq_epi8(folded, closing));
        auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(quotes, brackets)));
        std::size_t next = at + 16;
        while (found != 0) {
            auto const offset = static_cast<std::size_t>(std::countr_zero(found));
            found &= found - 1;
            char const c = piece[at + offset];
            if (c == '\\') {
                if (!in_string_) continue;
                if (offset == 15) {
                    // The escaped byte is the first of the next block, or of the next piece.
                    if (at + 16 == piece.size())
                        escaped_ = true;
                    else
                        next = at + 17;
                } else {
                    found &= ~(1U << (offset + 1));
                }
                continue;
            }
            if (ends_at(c)) return at + offset + 1;
        }
        at = next;
    }
#endif
    for (; at < piece.size(); ++at) {
        char const c = piece[at];
        if (c == '\\') {
            if (!in_string_) continue;
            if (at + 1 == piece.size())
                escaped_ = true;
            else
                ++at;
        } else if (c == '"' || c == '{' || c == '[' || c == '}' || c == ']') {
            if (ends_at(c)) return at + 1;
        }
    }
    return npos;
}

}  // namespace kuberay::kube
