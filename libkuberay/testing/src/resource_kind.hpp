#pragma once

#include "schema.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

/// One column of the tables that the server prints.
struct printer_column {
    printer_column() = default;
    printer_column(std::string name, std::string type, std::string path, int priority = 0);
    std::string name, type;
    std::string path;  ///< dotted, from the object's root; built-in kinds have functions instead
    int priority = 0;
};

/// What the server knows of a resource.
struct resource_kind {
    resource_kind() = default;
    std::string group, version, kind, plural, singular;
    std::vector<std::string> short_names, categories;
    bool namespaced = true;
    bool custom = false;      ///< of a CustomResourceDefinition
    bool has_status = false;  ///< with a status subresource
    bool has_generation = false;
    bool returns_deleted = false;  ///< DELETE answers with the object instead of a Status
    bool review = false;           ///< only POST, nothing is stored
    bool columns_from_paths = false;
    std::vector<printer_column> columns;
    std::shared_ptr<schema const> content;  ///< of the whole object; null: not looked at

    /// "rayclusters.ray.io", "pods".
    std::string resource() const { return group.empty() ? plural : plural + "." + group; }

    std::string api_version() const { return group.empty() ? version : group + "/" + version; }
};

/// Every resource that the server has, in the order of discovery.
std::vector<resource_kind> const& all_kinds();

/// Null when there is none.
resource_kind const* find_kind(std::string_view group, std::string_view version, std::string_view plural);
/// By "rayclusters.ray.io" or "pods".
resource_kind const* find_resource(std::string_view resource);
resource_kind const* find_object_kind(std::string_view api_version, std::string_view kind);

}  // namespace kuberay::testing
