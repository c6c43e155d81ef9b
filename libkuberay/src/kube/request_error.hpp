#pragma once

#include <kuberay/base/error.hpp>
#include <kuberay/net/http.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace kuberay::kube {

/// What messages about failed requests say of their server.
struct request_place {
    request_place() = default;
    std::string server;   ///< "https://host:6443/prefix"
    std::string context;  ///< of the kubeconfig; empty: none is selected
    bool in_cluster = false;
    bool has_credentials = false;
};

/// The request as messages name it.
struct request_name {
    request_name() = default;
    explicit request_name(net::http_request const& request);
    std::string method, target;  ///< the target as the caller gave it, without the server's prefix

    std::string str(request_place const& at) const;
};

/// A connection that failed: what was tried, and what the user can check.
error explain_transport(error const& why, request_name const& request, request_place const& at);

/// A refusal by the server; `asked` is the Retry-After that was not waited for.
error explain_refusal(
    server_status status, request_name const& request, request_place const& at,
    std::optional<std::chrono::seconds> asked
);

/// Our own limit of one request passed.
error explain_timeout(std::chrono::milliseconds limit, request_name const& request, request_place const& at);

}  // namespace kuberay::kube
