#pragma once

#include <kuberay/ray/doctor.hpp>

namespace kuberay::ray {

/// Which operators run, whether they are ready and fit, and what their feature gates say of RayCronJob.
task<std::vector<finding>> check_operator(kube::client on, std::string ns);

/// Whether the arguments of an operator's container turn a feature gate on or off; absent: they do not name it.
std::optional<bool> feature_gate_of(json::object const& deployment, std::string_view gate);

}  // namespace kuberay::ray
