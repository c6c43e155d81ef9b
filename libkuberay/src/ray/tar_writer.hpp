#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::ray {

enum class compression { none, gzip };

/// Writes a tar archive (GNU form: names are bytes of any length, which GNU tar and busybox both read) piece by piece
/// into memory that the caller empties with `take`. Movable. Thread safety: distinct objects.
/// Errors: `errc::unexpected` with libarchive's words.
class tar_writer {
public:
    explicit tar_writer(compression packed = compression::none);
    tar_writer(tar_writer&&) noexcept;
    tar_writer& operator=(tar_writer&&) noexcept;
    ~tar_writer();

    /// A file of `size` bytes, which are to follow; what is missing at the next entry is filled with zeros.
    void begin_file(std::string const& name, std::uint64_t size, std::uint32_t mode, std::int64_t modified);
    /// What goes beyond the size is dropped.
    void data(std::string_view bytes);
    void folder(std::string const& name, std::uint32_t mode, std::int64_t modified);
    void symbolic_link(std::string const& name, std::string const& target, std::int64_t modified);
    /// The end of the archive.
    void finish();

    /// What has been written since the last call.
    std::string take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kuberay::ray
