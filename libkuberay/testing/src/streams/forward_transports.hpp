#pragma once

#include "streams/stream_host.hpp"

#include <functional>
#include <vector>

namespace kuberay::testing {

/// Connections into a pod over SPDY, until the client ends it. `cut` ends the connection under it.
task<void> serve_forward_spdy(
    std::shared_ptr<stream_host> host, std::string pod, net::byte_stream over, std::function<void()> cut
);

/// One connection to each port over the channels of a WebSocket.
task<void> serve_forward_channels(
    std::shared_ptr<stream_host> host, std::string pod, std::vector<int> ports, net::byte_stream connection
);

}  // namespace kuberay::testing
