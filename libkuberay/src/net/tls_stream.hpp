#pragma once

#include "net/tls_engine.hpp"

#include <kuberay/net/byte_stream.hpp>

namespace kuberay::net {

/// Does the handshake of either role over `*over`, which must outlive the task, and returns how it ended: `done`
/// (`make_tls_stream` sends its last bytes), `truncated` or `failed`. Errors: those of the stream below.
task<tls_engine::step> tls_handshake(byte_stream* over, tls_engine* engine);

/// The stream of clear text over a finished handshake; `keep` lives as long as the stream (the engine's context).
/// Reads end with `eof` after the peer's close_notify only, else with `asio::ssl::error::stream_truncated`.
byte_stream make_tls_stream(byte_stream over, std::unique_ptr<tls_engine> engine, std::shared_ptr<void> keep);

}  // namespace kuberay::net
