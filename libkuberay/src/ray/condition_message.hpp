#pragma once

#include <kuberay/kube/meta.hpp>

#include <string>

namespace kuberay::ray {

/// The message of a condition on one line, without the reason that the operator puts before it once more.
std::string message_of(kube::condition const& condition);

}  // namespace kuberay::ray
