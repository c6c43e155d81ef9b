#pragma once

#include "base/descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::ray {

/// The content of a scratch file that is complete.
struct kept_file {
    kept_file() = default;
    std::filesystem::path path;  ///< opens it anew, as long as `open` lives
    std::shared_ptr<void const> open;
};

/// A new temporary file, written from its beginning through a buffer. Its name is taken away at once: nobody else can open
/// it, and it is gone with its last user, however that ends. Errors (all members): the system's code; disk full is ENOSPC,
/// EDQUOT or EFBIG.
class scratch_file {
public:
    /// In `folder`, or in the system's folder for temporary files when that is empty.
    explicit scratch_file(std::filesystem::path folder);
    scratch_file(scratch_file const&) = delete;
    scratch_file& operator=(scratch_file const&) = delete;

    void write(std::string_view bytes);

    /// Replaces bytes that were written before.
    void rewrite(std::uint64_t offset, std::string_view bytes);

    std::uint64_t size() const noexcept { return flushed_ + buffer_.size(); }

    /// Writes what is still in the buffer.
    kept_file finish();

private:
    void flush();
    [[noreturn]] void fail(int number) const;

    std::filesystem::path folder_;
    std::shared_ptr<descriptor const> open_;
    std::string buffer_;
    std::uint64_t flushed_ = 0;
};

}  // namespace kuberay::ray
