#pragma once

#include "api_request.hpp"

#include <kuberay/base/time.hpp>

#include <boost/json/array.hpp>

namespace kuberay::testing {

/// The columns of a kind's table: `columnDefinitions`.
json::array table_columns(resource_kind const& kind);

/// One row: its cells, and `object` as asked for by `includeObject` (None, Metadata, Object).
json::object
table_row(resource_kind const& kind, json::object const& object, std::string_view include_object, timestamp now);

/// A whole table of these rows.
json::object table_of(resource_kind const& kind, json::array rows, bool with_columns);

/// The object's metadata as PartialObjectMetadata.
json::object partial_metadata(json::object const& object);

}  // namespace kuberay::testing
