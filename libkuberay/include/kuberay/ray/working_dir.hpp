#pragma once

#include <kuberay/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kuberay::ray {

/// The most that the dashboard takes in one request.
inline constexpr std::uint64_t max_package_bytes = 104'857'600;

struct package_options {
    package_options() = default;
    std::vector<std::string> excludes;  ///< `runtime_env.excludes`: patterns as in .gitignore, from the root
    /// Ray's own for a working_dir; py_modules have none.
    std::vector<std::string> default_excludes = {".git", ".venv", "venv", "__pycache__"};
    bool use_gitignore = true;      ///< .gitignore (and always .rayignore) in every folder
    std::string parent;             ///< a folder in the package above everything (py_modules: the module's name)
    std::filesystem::path scratch;  ///< where the archive is written; empty: the system's folder for temporary files
    std::uint64_t max_bytes = max_package_bytes;
};

/// What a person may want to know about a package.
struct package_notes {
    package_notes() = default;
    /// Paths left out; their names count in the hash, as in Ray (which follows loops until the system stops it).
    std::vector<std::string> unreadable, dangling, loops;
    std::vector<std::string> default_excluded;                   ///< default excludes that exist at the top
    std::vector<std::pair<std::string, std::uint64_t>> largest;  ///< up to 10 files, largest first
    bool is_empty = false;
};

/// A package on disk, ready to be uploaded. The file of a packed folder has no name of its own: nobody else can open it, and
/// it is gone with the last copy of the package, however the program ends.
struct package {
    package() = default;
    std::string name;  ///< `_ray_pkg_<hash>.zip`: the name that Ray's own client would give, or the wheel's own
    std::string uri() const { return "gcs://" + name; }
    std::filesystem::path file;  ///< to be opened by this process, as long as `open` lives
    std::shared_ptr<void const> open;
    std::uint64_t bytes = 0, files = 0, unpacked_bytes = 0;
    package_notes notes;
};

/// Packs a local folder as Ray would (same entries, same name), deflated, in one pass in bounded memory: every file is
/// read once, for the hash and the archive. Deterministic. Symlinks are followed as Ray does; a loop is left out and noted.
///
/// Errors: the system's code naming the path (a folder or an ignore file that cannot be read, a full disk);
/// `errc::too_large` as soon as the archive passes `max_bytes`, naming the largest files and how to exclude them, and for
/// more than two million entries; `errc::bad_input` for a path that is no folder, a name that is not UTF-8, and a pattern
/// that Ray's client breaks on.
/// Nothing is left on any error. Blocks: files are read by the calling thread; `on_progress`, called for
/// each file and each piece of a large one with all that has been read, may throw to end it.
package pack_folder(
    std::filesystem::path folder, package_options options,
    std::function<void(std::uint64_t bytes_read)> on_progress = {}
);

/// A local archive (.zip, .tar.gz, .tgz, .tar.xz; .whl for py_modules) as a package: named by its SHA-1, as Ray does, not
/// copied. Errors: as above; `errc::bad_input` for another extension.
package pack_archive(std::filesystem::path file);

}  // namespace kuberay::ray
