#pragma once

#include "ray/tar_writer.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kuberay::ray {

/// A file or folder of this machine as a tar stream, made piece by piece. Links that stay inside are kept; other links,
/// devices and the like are skipped and named. Files that shrink meanwhile are filled with zeros, and named too.
/// Movable. Thread safety: distinct objects.
class tree_archive {
public:
    /// `top` is what `root` is called in the archive. Errors: the system's code when `root` cannot be read.
    tree_archive(std::filesystem::path root, std::string top, compression packed = compression::none);
    tree_archive(tree_archive&&) noexcept;
    ~tree_archive();

    /// One more root. To be called before `next`.
    void add(std::filesystem::path root, std::string top);

    /// The next piece, possibly empty (ask again); nullopt after the end of the archive.
    /// Errors: the system's code for a file that cannot be read.
    std::optional<std::string> next();

    std::uint64_t files() const noexcept;
    std::uint64_t bytes() const noexcept;  ///< of content
    std::vector<std::string> const& skipped() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kuberay::ray
