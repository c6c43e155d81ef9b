#pragma once

#include <archive.h>

#include <archive_entry.h>

#include <clocale>
#include <cstdint>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

namespace kuberay::test {

struct unpacked_entry {
    std::string content;
    std::uint32_t mode = 0;
    std::int64_t modified = 0;
};

/// What libarchive reads from a zip archive: name to entry.
inline std::map<std::string, unpacked_entry> unpacked(std::filesystem::path const& file)
{
    constexpr std::uintmax_t without_entries = 22;
    std::map<std::string, unpacked_entry> found;
    if (std::filesystem::file_size(file) == without_entries) return found;  // libarchive takes that for no archive
    std::setlocale(LC_CTYPE, "C.UTF-8");  // else libarchive gives no names beyond ASCII
    archive* const in = ::archive_read_new();
    ::archive_read_support_format_zip_seekable(in);
    bool good = ::archive_read_open_filename(in, file.c_str(), 1 << 12) == ARCHIVE_OK;
    archive_entry* entry = nullptr;
    int next = ARCHIVE_EOF;
    while (good && (next = ::archive_read_next_header(in, &entry)) == ARCHIVE_OK) {
        unpacked_entry& one = found[::archive_entry_pathname(entry)];
        one.mode = ::archive_entry_mode(entry);
        one.modified = ::archive_entry_mtime(entry);
        char piece[65536];
        la_ssize_t count = 0;
        while ((count = ::archive_read_data(in, piece, sizeof piece)) > 0)
            one.content.append(piece, static_cast<std::size_t>(count));
        good = count == 0;
    }
    std::string const words = good && next == ARCHIVE_EOF ? std::string() : "not a good archive";
    ::archive_read_free(in);
    if (!words.empty()) throw std::runtime_error(words);
    return found;
}

}  // namespace kuberay::test
