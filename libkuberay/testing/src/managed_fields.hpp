#pragma once

#include "field_set.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace kuberay::testing {

/// Who writes.
struct field_writer {
    field_writer() = default;
    std::string manager, operation, api_version, subresource;
    std::string time;  ///< RFC 3339

    bool is_same(field_writer const& other) const
    {
        return manager == other.manager && operation == other.operation && api_version == other.api_version
               && subresource == other.subresource;
    }
};

struct managed_entry {
    managed_entry() = default;
    field_writer writer;
    field_set fields;
};

/// `metadata.managedFields` taken apart.
class managed_fields {
public:
    explicit managed_fields(json::object const& object);

    /// Puts it into the object, in the server's order.
    void store_in(json::object& object) const;

    /// The entry of this writer; made when missing.
    managed_entry& entry_of(field_writer const& writer);
    managed_entry const* find(field_writer const& writer) const;

    std::vector<managed_entry> entries;
};

/// Notes in `after` what the writer changed by an update (create, JSON patch, merge patch).
void note_update(json::object const* before, json::object& after, field_writer const& writer, bool has_status);

/// Removes what nobody manages (name, uid, ...) and, for kinds with a status subresource, what this endpoint cannot
/// write.
void strip_unmanaged(field_set& fields, bool has_status, bool to_status);

}  // namespace kuberay::testing
