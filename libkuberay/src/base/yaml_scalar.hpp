#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

namespace kuberay {

namespace json = boost::json;

/// What YAML 1.1 takes a plain scalar for, in the reading of go-yaml v2 (behind sigs.k8s.io/yaml).
struct yaml_scalar {
    enum class type { null, boolean, integer, floating, timestamp, string };
    type kind = type::string;
    json::value value;  ///< null for strings and timestamps, and for .nan and .inf, which JSON does not have
};

yaml_scalar resolve_yaml_scalar(std::string_view text);

/// True for text that must be quoted to stay a string, whoever reads it.
bool needs_yaml_quotes(std::string_view text);

}  // namespace kuberay
