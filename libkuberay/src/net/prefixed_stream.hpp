#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <string>

namespace kuberay::net {

/// `stream` with `bytes` to be read before its own; the stream itself where there are none.
byte_stream with_prefix(std::string bytes, byte_stream stream);

}  // namespace kuberay::net
