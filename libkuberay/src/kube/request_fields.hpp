#pragma once

#include <kuberay/kube/config.hpp>
#include <kuberay/net/http.hpp>

#include <string>

namespace kuberay::kube {

/// Adds `Impersonate-*`. Source: client-go transport/round_trippers.go (keys of extra values are percent-encoded).
void add_impersonation(net::http_fields& fields, impersonation const& as);

/// "kuberay/0.1.0 (linux/amd64)".
std::string default_user_agent();

}  // namespace kuberay::kube
