#pragma once

#include "kube/exec_implementation.hpp"

#include <kuberay/kube/client.hpp>

#include <memory>

namespace kuberay::kube {

/// Opens a session: WebSocket, then SPDY when the server refused to switch to it. Once a server has switched, or may
/// have, nothing is tried again: the program may be running.
task<std::unique_ptr<exec_session::implementation>> start_exec(client on, exec_place at, exec_options options);

}  // namespace kuberay::kube
