#pragma once

#include "streams/stream_host.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <string>

namespace kuberay::testing {

/// One connection to what listens on a port of a pod.
class pod_port {
public:
    /// Errors: `failure` with the words of a kubelet, for a port that refuses.
    static task<std::shared_ptr<pod_port>> open(std::shared_ptr<stream_host> host, std::string pod, int port);

    net::byte_stream stream;

    /// Closes the connection, and cancels the server of the test that did not notice.
    void end();

private:
    asio::cancellation_signal stop_;
    bool serving_ = false;
};

}  // namespace kuberay::testing
