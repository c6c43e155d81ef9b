#pragma once

#include "ray/safe_folder.hpp"
#include "ray/tar_decoder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

struct extract_options {
    extract_options() = default;
    std::uint64_t max_bytes = std::uint64_t(16) << 30;  ///< of content, written or skipped
    std::uint64_t max_files = 200'000;                  ///< entries of any kind, and folders made on their way
    /// Keep the permission bits; otherwise 0644, or 0755 for programs. Never set-user-ID and the like.
    bool keep_permissions = false;
    std::vector<std::string> taken;  ///< names directly below the root that are not the archive's: it gets NAME.ray
    /// When not empty: what every name must begin with, and what stands there instead.
    std::string top, top_becomes;
};

/// Unpacks a tar stream below a folder, as its bytes come. Files and folders only; whatever else the archive holds, and
/// what would leave the folder, is skipped and named. A file appears under its name when all its bytes are there.
class tar_extract {
public:
    tar_extract(safe_folder into, extract_options options);

    /// Errors: those of `tar_decoder`; `errc::too_large` beyond the limits; the system's code when writing fails.
    void push(std::string_view bytes);

    /// True once the end of the archive was seen.
    bool ended() const noexcept { return decoder_.ended(); }

    std::uint64_t files() const noexcept { return files_; }

    std::uint64_t bytes() const noexcept { return bytes_; }

    std::vector<std::string> skipped() const;

private:
    void begin();
    void finish_file();
    void skip(std::string_view reason);
    std::optional<folder_way> way_of(tar_entry const& entry);
    std::uint32_t mode_of(tar_entry const& entry) const noexcept;

    safe_folder into_;
    extract_options options_;
    tar_decoder decoder_;
    std::unique_ptr<new_file> file_;
    std::uint64_t files_ = 0, bytes_ = 0, entries_ = 0, announced_ = 0, trailing_ = 0;
    std::vector<std::string> skipped_;
    std::uint64_t unnamed_ = 0;  // skipped, beyond those that are named
};

}  // namespace kuberay::ray
