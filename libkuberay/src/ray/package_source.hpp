#pragma once

#include <string>
#include <string_view>

namespace kuberay::ray {

enum class package_use { working_dir, module };

/// True for a URI that a Ray head takes as it is, false for a path of this machine.
///
/// Errors: `errc::bad_input` for a URI of another scheme (git and the like, with what to give instead), and for a package
/// whose ending tells no archive. Neither passwords nor queries are shown.
bool is_package_uri(std::string_view text, package_use use);

}  // namespace kuberay::ray
