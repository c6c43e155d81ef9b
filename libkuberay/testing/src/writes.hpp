#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

namespace kuberay::testing {

/// POST to a collection. Errors: `refusal`.
api_answer create_object(cluster& in, api_request const& request);

/// PUT and PATCH of an object or its status.
api_answer update_object(cluster& in, api_request const& request);

/// Stores an object as it is: new (uid, creation time, generation are made when missing) or in the place of one.
object_ptr put_object(cluster& in, resource_kind const& kind, json::object object);

}  // namespace kuberay::testing
