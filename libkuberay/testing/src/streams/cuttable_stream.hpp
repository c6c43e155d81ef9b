#pragma once

#include <kuberay/net/byte_stream.hpp>

#include <functional>
#include <utility>

namespace kuberay::testing {

/// The same stream, and what ends it at once under whatever protocol is put on it.
std::pair<net::byte_stream, std::function<void()>> make_cuttable(net::byte_stream stream);

}  // namespace kuberay::testing
