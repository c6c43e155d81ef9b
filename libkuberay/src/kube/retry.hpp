#pragma once

#include <kuberay/base/time.hpp>
#include <kuberay/net/http.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace kuberay::kube {

/// How long the server asks to wait: `Retry-After` in seconds, or as a date, which is taken relative to the answer's own
/// `Date` or else to `now`. Absent when there is no such field or it makes no sense.
std::optional<std::chrono::seconds> retry_after(net::http_fields const& fields, std::optional<timestamp> now);

/// Reads an HTTP date (RFC 9110 IMF-fixdate).
std::optional<timestamp> parse_http_date(std::string_view text);

/// What is known when an answer is not 2xx.
struct retry_question {
    retry_question() = default;
    int status = 0;
    int retries = 0;  ///< done so far
    bool can_be_sent_again = true;
    std::optional<std::chrono::seconds> asked;  ///< what `retry_after` says
    std::chrono::seconds longest_wait{30};
    std::optional<std::chrono::milliseconds> remaining;  ///< until the request's deadline; absent: none
};

/// The time to wait before the request is sent again; absent when the answer is final. Pure.
/// Source: client-go rest/with_retry.go: 429 and 5xx with Retry-After, at most 10 times, any verb.
std::optional<std::chrono::seconds> wait_before_retry(retry_question const& about);

}  // namespace kuberay::kube
