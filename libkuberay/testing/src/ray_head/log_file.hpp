#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace kuberay::testing {

/// A file that is read while others append to it.
class log_file {
public:
    explicit log_file(std::filesystem::path const& path);
    log_file(log_file const&) = delete;
    log_file& operator=(log_file const&) = delete;
    ~log_file();

    bool exists() const noexcept { return file_ >= 0; }

    /// Where the last `lines` lines begin; below 0: the start.
    std::uint64_t start_of_last(std::int64_t lines) const;
    /// At most `limit` bytes from there; empty at the end.
    std::string read(std::uint64_t from, std::size_t limit = 65536) const;
    /// All of it.
    std::string read_all() const;

private:
    int file_;
};

/// Adds to the file, made when missing. Errors: the system's code.
void append_to(std::filesystem::path const& path, std::string_view bytes);

/// `\r\n` and `\r` as `\n`, as Python reads text.
std::string with_plain_newlines(std::string_view text);

/// The last ten lines, at most their last 20,000 bytes.
std::string last_lines(std::filesystem::path const& path);

}  // namespace kuberay::testing
