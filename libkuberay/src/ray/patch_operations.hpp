#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

namespace json = boost::json;

/// Appends one RFC 6902 operation.
void add_operation(json::array& to, std::string_view op, std::string path, json::value value);
void add_removal(json::array& to, std::string path);

/// A `test` of metadata.generation: fails as soon as anybody changed the spec. Nothing for an object without one.
void guard_generation(json::array& to, json::object const& object);

/// Where the worker groups of a RayCluster and of a RayService are, dotted.
inline constexpr std::string_view cluster_groups = "spec.workerGroupSpecs",
                                  service_groups = "spec.rayClusterConfig.workerGroupSpecs";

/// The worker groups of an object as it was read; empty when there are none.
json::array const& groups_of(json::object const& object, std::string_view at = cluster_groups) noexcept;

/// Names in order; a group that has none is an empty text.
std::vector<std::string> group_names_of(json::object const& object, std::string_view at = cluster_groups);

/// The index of the group. Errors: throws `failure`, `errc::bad_input`, naming the groups that exist.
std::size_t index_of_group(json::object const& object, std::string const& group, std::string_view at = cluster_groups);

/// The JSON pointer for a dotted path.
std::string pointer_to(std::string_view dotted);

/// "RayCluster ns/name" of an object as it was read.
std::string who_is(json::object const& object);

}  // namespace kuberay::ray
