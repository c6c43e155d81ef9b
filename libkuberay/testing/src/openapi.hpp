#pragma once

#include "api_request.hpp"

#include <optional>

namespace kuberay::testing {

/// Answers /openapi/v3 and the documents it names: which kinds there are, and that the server itself validates fields.
/// That is what kubectl looks for before it applies; the schemas are not described.
std::optional<api_answer> describe_openapi(api_request const& request);

}  // namespace kuberay::testing
