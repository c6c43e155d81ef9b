#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

namespace kuberay::testing {

/// Answers one request of an authenticated user. Refusals are answers too.
api_answer answer_request(cluster& in, api_request const& request);

/// The answer that a refusal makes.
api_answer answer_of(class refusal const& why);

}  // namespace kuberay::testing
