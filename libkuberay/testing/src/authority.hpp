#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

namespace kuberay::testing {

/// Whose request it is: by bearer token or `certificate_user`, then by `Impersonate-User`. Errors: `refusal` (401).
std::string authenticate(cluster const& in, net::http_fields const& fields, std::string_view certificate_user);

/// Errors: `refusal` (403) when the user may not do this.
void authorize(cluster const& in, api_request const& request);

/// The answer to a SelfSubjectAccessReview.
json::object review_access(cluster const& in, api_request const& request, json::object review);

}  // namespace kuberay::testing
