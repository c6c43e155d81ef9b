#pragma once

#include "cli/completion.hpp"
#include "cli/context.hpp"

#include <kuberay/kube/resource.hpp>
#include <kuberay/ray/target.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Refuses a name that cannot stand in a request path (`a/b`, `..`, `%2e`): a usage mistake the server cannot explain.
/// An empty one passes. Errors: throws `failure`, `errc::bad_input`.
void require_name_in_path(kube::resource_type const& type, std::string const& name);

/// The names of all objects of a resource in the namespace, each with what the server's table says of it; from a table
/// without objects.
task<candidates> object_names(context on, kube::resource_type type, std::string label_selector = std::string());

/// RayClusters, with their state and workers.
completer complete_clusters();

/// Which words a command takes that acts on objects of several kinds.
struct target_words {
    target_words() = default;
    /// Those of TYPE/NAME; none: names of RayClusters alone.
    std::vector<ray::target_kind> kinds = {
        ray::target_kind::cluster, ray::target_kind::job, ray::target_kind::service, ray::target_kind::cron_job
    };
    bool kind_first = false;  ///< also TYPE NAME
    bool several = false;     ///< any number of them
};

/// NAME of a RayCluster or TYPE/NAME (reference 1.5), and the forms that `allowed` says. What was named already is not
/// offered again.
completer complete_targets(target_words allowed = target_words());

/// The kind that a word such as `cluster`, `jobs` or `rayservice` names, in any case. Pure.
std::optional<ray::target_kind> kind_of_word(std::string_view word);

/// The objects of a resource; with `suffix` behind each name.
completer complete_objects(kube::resource_type type, std::string suffix = std::string());

/// Objects that pods refer to by name.
completer complete_secrets(std::string suffix = std::string());
completer complete_service_accounts();
completer complete_claims();

completer complete_namespaces();

}  // namespace cli
