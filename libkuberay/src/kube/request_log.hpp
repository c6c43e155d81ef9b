#pragma once

#include <kuberay/base/log.hpp>
#include <kuberay/net/http.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// Writes what goes over the wire, without secrets: one line per request at level 6, header fields at 8, bodies at 9.
/// A value.
class request_log {
public:
    /// `server` is put before request targets.
    request_log(logger to, std::string server);

    void sending(net::http_request const& request) const;
    void answered(
        std::string_view method, std::string_view target, net::http_response const& response,
        std::chrono::steady_clock::duration took
    ) const;
    void failed(
        std::string_view method, std::string_view target, error const& why, std::chrono::steady_clock::duration took
    ) const;
    void body(std::string_view title, std::string_view target, std::string_view body) const;
    void note(std::string const& text) const;

    bool writes_bodies() const noexcept { return to_.enabled(log_level::bodies); }

private:
    logger to_;
    std::string server_;
};

/// True when bodies of requests to `target` may hold secrets: Secrets, tokens and their reviews. Pure.
bool may_hold_secrets(std::string_view target);

}  // namespace kuberay::kube
