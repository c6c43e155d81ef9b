#pragma once

#include <kuberay/base/error.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kuberay {

inline constexpr std::size_t default_file_limit = std::size_t(64) << 20;

/// The whole content of a file (or pipe).
///
/// Errors: the system's code (`ENOENT`, `EACCES`, `EISDIR`, ...); `errc::too_large` beyond `max_size` bytes.
result<std::string> read_file(std::filesystem::path const& path, std::size_t max_size = default_file_limit);

/// Replaces the file by `bytes`, readable and writable by its owner only, or leaves the old one untouched: written
/// beside it, flushed to disk, renamed. A symbolic link is followed, its target is replaced.
///
/// Errors: the system's code.
result<void> write_private_file(std::filesystem::path const& path, std::string_view bytes);

/// The environment variable; absent when not set. Set but empty is present.
std::optional<std::string> environment(std::string const& name);

/// `$HOME`, else the home directory in the user database; empty when neither is known.
std::filesystem::path home_directory();

}  // namespace kuberay
