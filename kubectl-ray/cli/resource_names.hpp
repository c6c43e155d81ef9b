#pragma once

#include "cli/completion.hpp"
#include "cli/context.hpp"

#include <kuberay/kube/resource.hpp>

#include <string>

namespace cli {

/// Refuses a name that cannot stand in a request path (`a/b`, `..`, `%2e`): a usage mistake the server cannot explain.
/// An empty one passes. Errors: throws `failure`, `errc::bad_input`.
void require_name_in_path(kube::resource_type const& type, std::string const& name);

/// The names of all objects of a resource in the namespace, each with what the server's table says of it; from a table
/// without objects.
task<candidates> object_names(context on, kube::resource_type type);

/// RayClusters, with their state and workers.
completer complete_clusters();

/// NAME of a RayCluster or TYPE/NAME (reference 1.5).
completer complete_targets();

completer complete_namespaces();

}  // namespace cli
