#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/ray/cluster.hpp>

#include <optional>
#include <string>

namespace kuberay::ray {

/// Where the token of a cluster is kept.
struct token_source {
    token_source() = default;
    std::string secret_name;
    std::string key = "auth_token";
};

/// The secret that the operator reads or makes: `spec.authOptions.secretName`, else made of the last 50 characters of
/// the cluster's name, a leading digit or punctuation replaced by `r`. Pure.
///
/// Errors: `errc::unsatisfiable` where nothing asks for a token: no authOptions, mode `disabled`, no mode (the operator
/// then makes a secret that neither pods nor dashboard use), or enableK8sTokenAuth (Kubernetes checks tokens itself).
result<token_source> token_source_of(cluster const& of);

/// The token of the cluster `name`; a secret, byte for byte. Errors: as `token_source_of`; the server's for the cluster
/// and the secret, which are named; `errc::unsatisfiable` for a secret without the key. Cancellation: terminal.
task<std::string> read_token(kube::client on, std::string ns, std::string name);

/// The same for a cluster already read.
task<std::string> read_token(kube::client on, cluster of);

}  // namespace kuberay::ray
