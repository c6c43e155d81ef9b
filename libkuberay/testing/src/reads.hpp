#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

namespace kuberay::testing {

/// GET of one object. Errors: `refusal`.
api_answer read_one(cluster& in, api_request const& request);

/// GET of a collection, paged or not, in the representation asked for.
api_answer read_list(cluster& in, api_request const& request);

/// What the watch that was asked for has to send.
watch_order read_watch(cluster& in, api_request const& request);

/// One event of a watch: a line of JSON.
std::string event_line(
    std::string_view type, resource_kind const& kind, json::object const& object, watch_order const& order,
    timestamp now
);

}  // namespace kuberay::testing
