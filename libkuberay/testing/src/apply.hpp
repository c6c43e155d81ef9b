#pragma once

#include "managed_fields.hpp"
#include "resource_kind.hpp"

#include <boost/json/object.hpp>

namespace kuberay::testing {

/// Server-side apply of `applied` to the live object (null: there is none): the merged object with its managers. It
/// equals the live one when nothing changes. Source: sigs.k8s.io/structured-merge-diff.
/// Errors: `refusal` (409) when another manager owns a field that would change, unless `force`.
json::object server_side_apply(
    resource_kind const& kind, json::object const* live, json::object applied, field_writer const& writer, bool force
);

}  // namespace kuberay::testing
