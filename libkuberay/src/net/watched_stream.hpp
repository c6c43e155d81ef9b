#pragma once

#include "net/tcp_silence.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <functional>

namespace kuberay::net {

/// How a `watched_stream` is watched.
struct stream_watch {
    stream_watch() = default;
    std::chrono::milliseconds beat = std::chrono::seconds(15);
    std::function<std::optional<tcp_signs>(int socket)> read = read_tcp_signs;
};

/// A connected TCP socket whose peer may leave bytes unread for as long as it likes, but not vanish: when nothing is
/// acknowledged for `tcp_silence::patience` beats, operations fail with `timed_out`, then and later. A peer that read
/// nothing before is found after the kernel's next probe.
byte_stream make_watched_stream(asio::ip::tcp::socket socket, stream_watch watch = stream_watch());

}  // namespace kuberay::net
