#pragma once

#include <kuberay/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// A path below a folder, component by component.
using folder_way = std::vector<std::string>;

/// A file that is being written under another name, beside its own. Movable; destroying it before `commit` removes it.
class new_file {
public:
    class place;

    explicit new_file(std::unique_ptr<place> at) noexcept;
    new_file(new_file&&) noexcept;
    new_file& operator=(new_file&&) noexcept;
    ~new_file();

    /// Errors (all members): the system's code; disk full is ENOSPC, EDQUOT or EFBIG.
    void write(std::string_view bytes);

    /// Gives the file its name, in place of what bore it. False when that is a folder, which stays.
    bool commit(std::uint32_t mode, std::int64_t modified);
    bool commit(std::uint32_t mode);

private:
    std::unique_ptr<place> at_;
};

/// Writes below a folder, and nowhere else: every component of a path is opened in its turn and without following
/// links, so that neither names nor links that stand there lead out. A handle; copies are the same folder.
///
/// Names must not be empty, "." or ".." and must not hold '/' or NUL: see `safe_component`.
class safe_folder {
public:
    /// Opens `path`, makes its last component when it is missing. Links in `path` itself are followed: the caller
    /// chose it. Errors: the system's code.
    explicit safe_folder(std::filesystem::path path);

    /// Starts the file; the folders on its way are made (and counted in `folders_made`). Nothing when the way is
    /// blocked: a link or a file stands where a folder should, or a name is too long.
    /// Errors: the system's code.
    std::unique_ptr<new_file> create(folder_way way) const;

    /// Makes a folder and those on its way. False when the way is blocked. Errors: the system's code.
    bool make(folder_way way, std::uint32_t mode) const;

    /// A folder directly below, made when it is missing. Nothing when a link or a file stands there. Errors: as `make`.
    std::optional<safe_folder> below(std::string name) const;

    std::uint64_t folders_made() const noexcept;
    std::filesystem::path const& path() const noexcept;

private:
    struct opened;
    explicit safe_folder(std::shared_ptr<opened> opened) noexcept;
    std::shared_ptr<opened> opened_;
};

/// `name` as a name that any file system and terminal takes: control characters, bidirectional overrides, bytes that
/// are no UTF-8 become "%XX". Neither '/' nor "." and ".." are touched.
std::string safe_component(std::string_view name);

}  // namespace kuberay::ray
