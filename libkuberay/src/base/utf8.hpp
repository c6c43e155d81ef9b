#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kuberay {

/// One step through UTF-8.
struct utf8_step {
    char32_t code_point = 0xFFFD;
    std::size_t length = 1;
    bool valid = false;  ///< otherwise one byte to be replaced by U+FFFD
};

/// The code point at the front of `text`, which must not be empty. Overlong forms, surrogates and values beyond
/// U+10FFFF are invalid.
utf8_step next_code_point(std::string_view text) noexcept;

void append_code_point(std::string& to, char32_t code_point);

bool is_utf8(std::string_view text) noexcept;

}  // namespace kuberay
