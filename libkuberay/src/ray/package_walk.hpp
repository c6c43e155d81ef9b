#pragma once

#include "ray/ignore_patterns.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kuberay::ray {

/// What becomes of the entries of a walked folder. Paths are relative to the root, which is ".".
class package_visitor {
public:
    enum class obstacle { unreadable, dangling, loop, special };

    virtual ~package_visitor() = default;
    virtual void folder(std::string const& path, struct stat const& seen, bool is_empty) = 0;
    /// `open` is a descriptor at the file's beginning.
    virtual void file(std::string const& path, int open, struct stat const& seen) = 0;
    /// Something that has a name and nothing to read.
    virtual void bare_name(std::string const& path, obstacle why) = 0;
};

struct package_walk_options {
    package_walk_options() = default;
    ignore_patterns excludes;
    bool use_gitignore = true;
    std::size_t max_entries = 2'000'000;
};

/// Visits a folder and what is below in the order of the names, as Ray's client: symlinks are followed, `.gitignore` and
/// `.rayignore` of each folder count from there on (and for that folder itself, as "."), what is excluded is not entered.
///
/// Errors: the system's code for a folder or an ignore file that cannot be read; `errc::bad_input` for a name that is no
/// UTF-8 and for a bad pattern; `errc::too_large` beyond `max_entries` (links between folders multiply them).
void walk_package(std::filesystem::path const& root, package_walk_options const& options, package_visitor& visitor);

}  // namespace kuberay::ray
