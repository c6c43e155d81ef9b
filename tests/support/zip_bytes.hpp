#pragma once

#include <archive.h>

#include <archive_entry.h>

#include <string>
#include <vector>

namespace kuberay::test {

struct zip_member {
    zip_member(std::string name, std::string content, int mode = 0644, bool is_link = false)
        : name(std::move(name))
        , content(std::move(content))
        , mode(mode)
        , is_link(is_link)
    {
    }

    std::string name, content;
    int mode;
    bool is_link;  ///< to `content`
};

/// A zip of less than a MiB.
inline std::string zip_of(std::vector<zip_member> const& members)
{
    std::string bytes(std::size_t(1) << 20, '\0');
    std::size_t used = 0;
    archive* to = archive_write_new();
    archive_write_set_format_zip(to);
    archive_write_open_memory(to, bytes.data(), bytes.size(), &used);
    for (zip_member const& one : members) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, one.name.c_str());
        archive_entry_set_filetype(entry, one.is_link ? AE_IFLNK : AE_IFREG);
        archive_entry_set_perm(entry, static_cast<mode_t>(one.mode));
        archive_entry_set_size(entry, static_cast<la_int64_t>(one.is_link ? 0 : one.content.size()));
        if (one.is_link) archive_entry_set_symlink(entry, one.content.c_str());
        archive_write_header(to, entry);
        if (!one.is_link) archive_write_data(to, one.content.data(), one.content.size());
        archive_entry_free(entry);
    }
    archive_write_free(to);
    bytes.resize(used);
    return bytes;
}

}  // namespace kuberay::test
