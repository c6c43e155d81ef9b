#pragma once

#include "api_request.hpp"

#include <string>
#include <vector>

namespace kuberay::testing {

/// The object of a create or update, of the kind of the request. Errors: `refusal`, in the words of the server.
json::object read_object(api_request const& request);

/// The object of an apply, JSON or YAML; its fields are those of the kind's schema.
json::object read_applied(api_request const& request);

/// The live object as the patch in the body changes it.
json::value patched_document(api_request const& request, json::object const& live);

/// Refuses (415) content types that are no patch, or none for this kind.
void check_patch_type(api_request const& request);

/// Puts the namespace of the request into the object; refuses another one that is there.
void settle_namespace(api_request const& request, json::object& object);

/// `unknown field "spec.a", unknown field "spec.b"`.
std::string unknown_text(std::vector<std::string> const& paths);

}  // namespace kuberay::testing
