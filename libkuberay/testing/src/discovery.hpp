#pragma once

#include "api_request.hpp"

#include <optional>

namespace kuberay::testing {

/// Answers /api, /apis, /api/v1, /apis/GROUP, /apis/GROUP/VERSION, /version and the health endpoints; nullopt for
/// everything else.
std::optional<api_answer> discover(api_request const& request);

}  // namespace kuberay::testing
