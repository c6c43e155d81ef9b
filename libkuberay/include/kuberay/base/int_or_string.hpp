#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace kuberay {

/// A port or an amount that Kubernetes accepts as number and as text (`intstr.IntOrString`). A value.
using int_or_string = std::variant<std::int64_t, std::string>;

}  // namespace kuberay
