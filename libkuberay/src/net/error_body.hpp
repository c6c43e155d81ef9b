#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/net/http.hpp>

#include <cstddef>
#include <string>

namespace kuberay::net {

/// The body of an answer that is an error, as far as it comes, until `enough` bytes were read: one that breaks off is no
/// second error. Lifetime: `response` outlives the task. Errors: only cancellation.
task<std::string> read_error_body(http_response* response, std::size_t enough);

}  // namespace kuberay::net
