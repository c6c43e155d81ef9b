#pragma once

#include "refusal.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

/// A structural schema (apiextensions.k8s.io), the part of it that matters to clients: types, required fields,
/// defaults, enumerations. Read from a short notation of our own, in JSON:
///
///     "string" "int" "number" "bool" "quantity" (int or string) "time" "any"     types
///     "string=TCP" "int=1"                                              with a default
///     "int>0" "int=0>0"                                                 with a least value
///     "enum:v1|v2"                                                     a closed set of strings
///     {"a!": T, "b": T}      an object with these fields; "!" marks a required one
///     {"a": T, "~": "any"}   the same, fields that are not named are kept
///     {"*": T}               a map
///     [T]                    a list
///     "$name"                another schema
struct schema {
    enum class type { any, object, map, list, string, integer, number, boolean, quantity };

    schema() = default;
    type is = type::any;
    bool keeps_unknown = false;
    std::map<std::string, std::shared_ptr<schema const>, std::less<>> fields;
    std::vector<std::string> required;
    std::vector<std::string> values;  ///< of an enumeration
    std::optional<json::value> default_value;
    std::optional<std::int64_t> minimum;
    std::shared_ptr<schema const> element;  ///< of maps and lists
};

/// Reads the notation. `named` holds what "$name" stands for.
std::shared_ptr<schema const> read_schema(json::value const& notation, json::object const& named);

/// Removes the fields that the schema does not have; returns their paths (`spec.a[0].b`).
std::vector<std::string> prune(json::value& value, schema const& by);

/// Sets the defaults of absent fields, in the objects that are there.
void set_defaults(json::value& value, schema const& by);

/// What is wrong with the value; empty: nothing.
std::vector<refusal_cause> validate(json::value const& value, schema const& by);

/// What the first field of a wrong type, or that the schema does not have, is: in the words of server-side apply
/// (".spec.foo: field not declared in schema"); empty: nothing.
std::string typing_fault(json::value const& value, schema const& by);

}  // namespace kuberay::testing
