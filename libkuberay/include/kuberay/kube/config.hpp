#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/net/endpoint.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kuberay::kube {

/// Whom to act as (`Impersonate-*` headers). All empty: as oneself.
struct impersonation {
    impersonation() = default;
    std::string user, uid;
    std::vector<std::string> groups;
    std::vector<std::pair<std::string, std::string>> extra;  ///< key, value; a key may come several times

    bool operator==(impersonation const&) const = default;
};

/// Where the configuration comes from, and what replaces parts of it (kubectl's global flags). Empty: not given.
struct load_options {
    load_options() = default;
    std::string kubeconfig;  ///< one file that must exist; else $KUBECONFIG, else ~/.kube/config
    std::string context, cluster, user, ns;
    std::string server, tls_server_name, certificate_authority, client_certificate, client_key, token;
    std::optional<bool> insecure_skip_tls_verify;
    bool disable_compression = false;
    impersonation as;
    std::optional<std::chrono::milliseconds> request_timeout;  ///< zero or absent: none
    bool stdin_is_free = true;  ///< false: an exec plugin may not use the terminal's input
};

/// What an exec credential plugin needs to be run (`users[].user.exec`).
struct exec_plugin {
    exec_plugin() = default;
    std::string api_version, command, install_hint, interactive_mode;
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    bool provide_cluster_info = false;
    json::object cluster_info;  ///< spec.cluster of KUBERNETES_EXEC_INFO, filled when provided
    bool stdin_is_free = true;

    bool operator==(exec_plugin const&) const = default;
};

/// How requests prove who sends them. At most one of token, token_file, exec, username is used, as kubectl chooses.
struct auth_options {
    auth_options() = default;
    std::string token;                 ///< a secret
    std::filesystem::path token_file;  ///< read again each minute
    std::string username, password;    ///< secrets
    std::optional<exec_plugin> exec;
    impersonation as;

    bool operator==(auth_options const&) const = default;
};

/// A resolved configuration: which server, how to trust it, who we are, which namespace. A value.
struct config {
    config() = default;
    net::connect_options connect;
    auth_options auth;
    std::string ns = "default";
    std::string context;  ///< the context in use; empty in-cluster or without kubeconfig
    std::string cluster;  ///< the name of its cluster entry
    bool disable_compression = false;
    std::chrono::milliseconds request_timeout{0};  ///< limit of one request, streams excepted; zero: none
    bool in_cluster = false;
};

/// Names in a kubeconfig, for completion and `--all-contexts`.
struct kubeconfig_names {
    kubeconfig_names() = default;
    std::vector<std::string> contexts, clusters, users;
    std::string current_context;
};

/// The configuration a kubectl user expects: explicit file, $KUBECONFIG list (merged, first wins), ~/.kube/config,
/// in-cluster, else http://localhost:8080 as kubectl does.
///
/// Errors: `errc::bad_config` naming the file and the entry; several problems are reported together.
/// Source: client-go tools/clientcmd (reference kubernetes-clients 1.1, 2.f).
config load_config(load_options const& options = load_options());

/// The names in the merged kubeconfig; nothing of it is validated beyond its syntax.
kubeconfig_names load_names(load_options const& options = load_options());

}  // namespace kuberay::kube
