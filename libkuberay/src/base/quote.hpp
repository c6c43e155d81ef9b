#pragma once

#include <string>
#include <string_view>

namespace kuberay {

/// Text from outside, in double quotes for a message: made printable, cut after 64 bytes.
std::string quoted(std::string_view text);

}  // namespace kuberay
