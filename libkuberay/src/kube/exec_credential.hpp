#pragma once

#include "kube/credentials.hpp"

#include <kuberay/base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// The value of KUBERNETES_EXEC_INFO. Pure. Source: client.authentication.k8s.io v1, v1beta1.
std::string exec_info(exec_plugin const& plugin, bool interactive);

/// What a plugin answered.
struct exec_answer {
    exec_answer() = default;
    credential_ptr made;
    std::optional<timestamp> expires;
};

/// Reads the ExecCredential that a plugin wrote. Pure. Errors: `errc::credentials`; the message never repeats the
/// answer, which holds secrets.
result<exec_answer> parse_exec_answer(std::string_view output, exec_plugin const& plugin);

/// Whether the plugin may ask the user. Errors: `errc::credentials` when it must, and cannot.
result<bool> is_interactive(exec_plugin const& plugin, bool stdin_is_terminal);

}  // namespace kuberay::kube
