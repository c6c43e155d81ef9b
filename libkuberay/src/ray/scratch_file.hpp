#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace kuberay::ray {

/// A new temporary file that only its owner can read, written from its beginning through a buffer. Destroying it before
/// `release` removes it. Errors (all members): the system's code; disk full is ENOSPC, EDQUOT or EFBIG.
class scratch_file {
public:
    /// In `folder`, or in the system's folder for temporary files when that is empty. The name ends with `ending`.
    scratch_file(std::filesystem::path folder, std::string_view ending);
    scratch_file(scratch_file const&) = delete;
    scratch_file& operator=(scratch_file const&) = delete;
    ~scratch_file();

    void write(std::string_view bytes);

    /// Replaces bytes that were written before.
    void rewrite(std::uint64_t offset, std::string_view bytes);

    std::uint64_t size() const noexcept { return flushed_ + buffer_.size(); }

    /// All of it is in the file, which stays.
    std::filesystem::path release();

private:
    void flush();
    [[noreturn]] void fail(int number) const;

    std::filesystem::path path_;
    int open_ = -1;
    std::string buffer_;
    std::uint64_t flushed_ = 0;
};

}  // namespace kuberay::ray
