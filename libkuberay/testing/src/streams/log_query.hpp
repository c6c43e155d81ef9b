#pragma once

#include "api_request.hpp"

#include <kuberay/base/time.hpp>

#include <cstdint>
#include <optional>

namespace kuberay::testing {

/// The parameters of a request for a log.
struct log_query {
    log_query() = default;
    bool follow = false, previous = false, timestamps = false;
    std::optional<timestamp> since;
    std::optional<std::int64_t> tail;
    std::optional<std::uint64_t> limit;
};

/// Errors: `refusal` in the words of kube-apiserver.
log_query read_log_query(api_request const& request, timestamp now);

/// A flag of PodLogOptions or PodExecOptions: anything but "false" and "0" is true.
bool flag_of(api_request const& request, std::string_view name);

}  // namespace kuberay::testing
