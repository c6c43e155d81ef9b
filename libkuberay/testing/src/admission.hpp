#pragma once

#include "api_request.hpp"
#include "cluster.hpp"

#include <string>
#include <vector>

namespace kuberay::testing {

/// What happens to an object between its arrival and its storing: names, namespaces, defaults, validation.

/// Refuses when the namespace is missing or going away.
void check_namespace(cluster const& in, resource_kind const& kind, std::string_view ns, std::string_view name);

/// Removes fields that the kind does not have, and returns their paths.
std::vector<std::string> prune_unknown(resource_kind const& kind, json::object& object);

/// The defaults of the kind's schema, and those of the built-in kinds.
void set_kind_defaults(cluster& in, resource_kind const& kind, json::object& object);

/// Refuses (422) a bad name, missing and wrong fields.
void check_valid(resource_kind const& kind, json::object const& object);

/// Gives a new object what only the server gives: name from generateName, uid, creationTimestamp, generation.
void set_system_metadata(cluster& in, resource_kind const& kind, json::object& object);

}  // namespace kuberay::testing
