#pragma once

#include <string>

namespace kuberay::testing {

/// What a kubeconfig says; empty texts are left out.
struct kubeconfig_content {
    kubeconfig_content() = default;
    std::string url, ca_pem, token, client_certificate_pem, client_key_pem;
};

/// A kubeconfig with one cluster, user and context, all named "simulator".
std::string kubeconfig_text(kubeconfig_content const& of);

}  // namespace kuberay::testing
