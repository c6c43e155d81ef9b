#pragma once

#include <boost/json/value.hpp>

namespace kuberay::testing {

namespace json = boost::json;

/// RFC 7386.
void apply_merge_patch(json::value& document, json::value const& patch);

/// Kubernetes' strategic merge: as RFC 7386, but lists whose items have a key (containers, ports, env, ...) are merged
/// item by item, `$patch: delete` and `$patch: replace` are followed.
void apply_strategic_patch(json::value& document, json::value const& patch);

}  // namespace kuberay::testing
