#pragma once

#include "ray/scratch_file.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::ray {

/// Writes a zip archive (APPNOTE 6.3, Zip64 where sizes or numbers need it) into a file. Content is deflated at the lowest
/// level, what does not shrink is stored. Names are UTF-8; Unix modes; times in UTC, from 1980 to 2107. No
/// descriptors behind the content, so every reader takes it.
///
/// `to` must outlive it. Errors: those of `scratch_file`.
class zip_writer {
public:
    explicit zip_writer(scratch_file& to);
    zip_writer(zip_writer const&) = delete;
    zip_writer& operator=(zip_writer const&) = delete;
    ~zip_writer();

    /// `mode` is all of `st_mode`; `modified` in seconds since 1970. The name gets a trailing slash.
    void folder(std::string const& name, std::uint32_t mode, std::int64_t modified);

    /// A file whose content is at hand.
    void file(std::string const& name, std::uint32_t mode, std::int64_t modified, std::string_view content);

    /// A file of about `size` bytes, which are to follow: `data` any number of times, then `end_file`.
    /// Errors: `errc::too_large` when it has grown beyond 4 GiB meanwhile.
    void begin_file(std::string const& name, std::uint32_t mode, std::int64_t modified, std::uint64_t size);
    void data(std::string_view bytes);
    void end_file();

    /// The directory at the end.
    void finish();

    /// What the archive takes when it is finished now.
    std::uint64_t size() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kuberay::ray
