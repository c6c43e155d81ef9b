#pragma once

#include <boost/json/value.hpp>

namespace kuberay::testing {

namespace json = boost::json;

/// Applies a JSON patch (RFC 6902) to the document: all of it, or nothing. As on the server, `replace` also sets a
/// member that is absent.
/// Errors: `refusal`: 400 when it is no patch, 422 when an operation cannot be done or a `test` fails.
json::value apply_json_patch(json::value document, json::value const& operations);

}  // namespace kuberay::testing
