#pragma once

#include "kube/exec_implementation.hpp"

#include <kuberay/net/byte_stream.hpp>

#include <memory>

namespace kuberay::kube {

/// A session over a connection that was upgraded to SPDY/3.1 with `v4.channel.k8s.io` agreed: opens the streams that
/// the server waits for, then it starts the program. Errors: those of `spdy_connection::open`.
task<std::unique_ptr<exec_session::implementation>> open_spdy_exec(net::byte_stream over, exec_terms terms);

}  // namespace kuberay::kube
