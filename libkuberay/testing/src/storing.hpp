#pragma once

#include "api_request.hpp"
#include "cluster.hpp"
#include "managed_fields.hpp"

#include <string>
#include <vector>

namespace kuberay::testing {

/// The last steps of a write: checks, the fields of the system, the store; or only the answer of a dry run.

/// The warnings for unknown fields, unless the request wants none of them.
net::http_fields warnings_for(api_request const& request, std::vector<std::string> const& unknown);

/// Who writes, by "Update" or "Apply".
field_writer writer_of(cluster const& in, api_request const& request, std::string_view operation);

/// Stores a new object that is otherwise complete. Errors: `refusal` (409, 422).
api_answer store_new(cluster& in, api_request const& request, json::object object, net::http_fields const& warnings);

/// Stores what an update or patch made of the live object.
api_answer store_update(
    cluster& in, api_request const& request, object_ptr const& live, json::object wanted,
    net::http_fields const& warnings
);

/// Stores what server-side apply made of the live object; its managers are in it.
api_answer store_applied(cluster& in, api_request const& request, object_ptr const& live, json::object merged);

}  // namespace kuberay::testing
