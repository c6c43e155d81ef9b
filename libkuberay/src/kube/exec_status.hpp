#pragma once

#include <kuberay/base/error.hpp>

#include <string_view>

namespace kuberay::kube {

/// How a program ended, from the Status on a session's error channel: its exit code (0 for Success), or the server's
/// refusal (`reason::internal`, ...), or `errc::protocol_violation` for a text that is no Status and for one that
/// tells of an exit code without a usable one. Never 0 without the word Success. Pure.
/// Source: reference kubernetes-clients 2.a; client-go remotecommand/v4.go.
result<int> read_exec_status(std::string_view text);

}  // namespace kuberay::kube
