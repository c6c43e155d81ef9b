#pragma once

#include <kuberay/kube/resource.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::kube {

/// A resource as discovery describes it.
struct served_resource {
    served_resource() = default;
    resource_type type;
    std::string singular;
    std::vector<std::string> short_names;
};

/// The resources of an APIResourceList (one group and version); subresources are left out.
std::vector<served_resource> read_resource_list(json::value const& document);

/// The resources of an APIGroupDiscoveryList (`/api` or `/apis` aggregated), best version first within a group. nullopt:
/// the document is something else (an older server answered in the plain form).
std::optional<std::vector<served_resource>> read_aggregated(json::value const& document);

/// The group versions of an APIGroup or of each group of an APIGroupList, the preferred one first ("apps/v1").
std::vector<std::string> read_group_versions(json::value const& document);

/// How well `name` names `resource`: 0 not at all, then kind, short name, singular, plural. Case does not count.
int match_quality(served_resource const& resource, std::string_view name);

/// The best match in the first version of a group that has one. Errors: throws `failure`, `errc::bad_input`, when several
/// groups fit equally; the core group goes before all.
std::optional<resource_type> best_match(std::vector<served_resource> const& all, std::string_view name);

}  // namespace kuberay::kube
