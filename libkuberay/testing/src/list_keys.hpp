#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

namespace json = boost::json;

/// How a field's value is merged by server-side apply.
struct merge_rule {
    enum class shape { granular, atomic, keyed_list, set_list };

    merge_rule() = default;
    shape is = shape::granular;
    std::vector<std::string> keys;  ///< of a keyed list
};

/// The rule for a value, by the name of its field: those of the pod template and of ObjectMeta, which the API's kinds
/// share; lists are atomic unless known, maps granular unless known.
merge_rule rule_of(std::string_view field, json::value const& value);

/// The keys of a list item with their defaults: `{"containerPort":80,"protocol":"TCP"}`.
json::object key_of_item(json::object const& item, std::vector<std::string> const& keys);

}  // namespace kuberay::testing
