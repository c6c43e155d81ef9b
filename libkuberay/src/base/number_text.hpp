#pragma once

#include <string>

namespace kuberay {

/// A finite double as Go's encoding/json writes it: shortest, with exponent below 1e-6 and from 1e21.
std::string json_number(double value);

}  // namespace kuberay
