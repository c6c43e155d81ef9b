#pragma once

#include <kuberay/base/error.hpp>

#include <string>
#include <string_view>

namespace kuberay::testing {

/// What a session ends with on its error channel, in the words of the API server (v5) or of a node (the others): JSON,
/// before v4 plain text, which is empty for a success.
std::string exec_status(std::string_view protocol, result<int> const& ended);

}  // namespace kuberay::testing
