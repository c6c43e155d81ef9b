#include "ray_head/zip_package.hpp"

#include <kuberay/base/text.hpp>

#include <archive.h>

#include <archive_entry.h>

#include <array>
#include <fstream>
#include <memory>

namespace kuberay::testing {

namespace {

using reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

std::string name_of(archive_entry* entry)
{
    char const* name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    return name ? name : "";
}

bool is_safe(std::string const& name)
{
    if (name.empty() || name.front() == '/' || name.find('\\') != std::string::npos) return false;
    for (std::string const& part : split(name, '/'))
        if (part == "..") return false;
    return true;
}

std::optional<std::string> write_content(archive* from, archive_entry* entry, std::filesystem::path const& path)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (archive_entry_filetype(entry) == AE_IFLNK) {
        char const* target = archive_entry_symlink_utf8(entry);
        file << (target ? target : "");
    } else {
        std::array<char, 65536> buffer{};
        for (;;) {
            la_ssize_t const size = archive_read_data(from, buffer.data(), buffer.size());
            if (size < 0) return "zipfile.BadZipFile: " + std::string(archive_error_string(from));
            if (size == 0) break;
            file.write(buffer.data(), size);
        }
    }
    file.close();
    if (!file) return "OSError: [Errno 5] Input/output error: '" + path.string() + "'";
    auto const mode = static_cast<std::filesystem::perms>(archive_entry_perm(entry) & 0777);
    std::error_code ignored;
    if (mode != std::filesystem::perms::none) std::filesystem::permissions(path, mode, ignored);
    return std::nullopt;
}

}  // namespace

std::optional<std::string> unpack_zip(std::string const& bytes, std::filesystem::path const& folder)
{
    std::filesystem::create_directories(folder);
    reader const from(archive_read_new(), &archive_read_free);
    archive_read_support_format_zip(from.get());
    if (archive_read_open_memory(from.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return "zipfile.BadZipFile: File is not a zip file";
    for (;;) {
        archive_entry* entry = nullptr;
        int const read = archive_read_next_header(from.get(), &entry);
        if (read == ARCHIVE_EOF) return std::nullopt;
        if (read != ARCHIVE_OK && read != ARCHIVE_WARN) return "zipfile.BadZipFile: File is not a zip file";
        std::string const name = name_of(entry);
        if (!is_safe(name)) continue;
        std::error_code failed;
        std::filesystem::path const path = folder / name;
        if (archive_entry_filetype(entry) == AE_IFDIR || name.back() == '/') {
            std::filesystem::create_directories(path, failed);
            continue;
        }
        std::filesystem::create_directories(path.parent_path(), failed);
        if (auto const why = write_content(from.get(), entry, path)) return why;
    }
}

}  // namespace kuberay::testing
