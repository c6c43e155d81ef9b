#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace kuberay::testing {

/// Unpacks a zip into a folder, as Ray does: absolute names and those with ".." or "\" are left out, links become files
/// that hold their target, modes are kept. Returns the line of the Python exception when it is no zip.
std::optional<std::string> unpack_zip(std::string const& bytes, std::filesystem::path const& folder);

}  // namespace kuberay::testing
