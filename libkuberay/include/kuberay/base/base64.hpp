#pragma once

#include <kuberay/base/error.hpp>

#include <string>
#include <string_view>

namespace kuberay {

/// RFC 4648 section 4, with padding, on one line.
std::string base64_encode(std::string_view bytes);

/// The bytes that `text` stands for. Padding is required; white space between characters is ignored.
///
/// Errors: `errc::bad_document`; the message does not repeat the text, which may be a secret.
result<std::string> base64_decode(std::string_view text);

}  // namespace kuberay
