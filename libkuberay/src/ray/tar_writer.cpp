#include "ray/tar_writer.hpp"

#include <kuberay/base/error.hpp>

#include <archive.h>

#include <archive_entry.h>
#include <sys/stat.h>

#include <utility>

namespace kuberay::ray {
namespace {

constexpr int block_bytes = 64 * 1024;

struct free_archive {
    void operator()(struct archive* one) const noexcept { ::archive_write_free(one); }
};

struct free_entry {
    void operator()(struct archive_entry* one) const noexcept { ::archive_entry_free(one); }
};

using entry_handle = std::unique_ptr<struct archive_entry, free_entry>;

la_ssize_t append(struct archive*, void* to, void const* bytes, size_t count)
{
    static_cast<std::string*>(to)->append(static_cast<char const*>(bytes), count);
    return static_cast<la_ssize_t>(count);
}

}  // namespace

struct tar_writer::state {
    // Freeing the archive writes what is left: the bytes must live longer.
    std::string written;
    std::unique_ptr<struct archive, free_archive> archive{::archive_write_new()};

    // Warnings are about character sets, which do not matter here: names are bytes.
    void check(la_ssize_t outcome, char const* attempted)
    {
        if (outcome >= ARCHIVE_WARN) return;
        char const* const why = ::archive_error_string(archive.get());
        throw failure(errc::unexpected, std::string(attempted) + ": " + (why ? why : "libarchive does not say why"));
    }

    entry_handle entry(std::string const& name, mode_t type, std::uint32_t mode, std::int64_t modified)
    {
        entry_handle made(::archive_entry_new());
        ::archive_entry_set_pathname(made.get(), name.c_str());
        ::archive_entry_set_mode(made.get(), type | (mode & 0777));
        ::archive_entry_set_mtime(made.get(), modified, 0);
        return made;
    }

    void write(entry_handle const& made)
    {
        check(::archive_write_header(archive.get(), made.get()), "could not write a tar header");
    }
};

tar_writer::tar_writer(compression packed)
    : state_(std::make_unique<state>())
{
    struct archive* const to = state_->archive.get();
    state_->check(::archive_write_set_format_gnutar(to), "could not write tar");
    if (packed == compression::gzip) state_->check(::archive_write_add_filter_gzip(to), "could not write gzip");
    ::archive_write_set_bytes_per_block(to, block_bytes);
    ::archive_write_set_bytes_in_last_block(to, 1);
    state_->check(::archive_write_open(to, &state_->written, nullptr, append, nullptr), "could not begin an archive");
}

tar_writer::tar_writer(tar_writer&&) noexcept = default;
tar_writer& tar_writer::operator=(tar_writer&&) noexcept = default;
tar_writer::~tar_writer() = default;

void tar_writer::begin_file(std::string const& name, std::uint64_t size, std::uint32_t mode, std::int64_t modified)
{
    entry_handle const made = state_->entry(name, S_IFREG, mode, modified);
    ::archive_entry_set_size(made.get(), static_cast<la_int64_t>(size));
    state_->write(made);
}

void tar_writer::data(std::string_view bytes)
{
    state_->check(
        ::archive_write_data(state_->archive.get(), bytes.data(), bytes.size()), "could not write to an archive"
    );
}

void tar_writer::folder(std::string const& name, std::uint32_t mode, std::int64_t modified)
{
    state_->write(state_->entry(name + "/", S_IFDIR, mode, modified));
}

void tar_writer::symbolic_link(std::string const& name, std::string const& target, std::int64_t modified)
{
    entry_handle const made = state_->entry(name, S_IFLNK, 0777, modified);
    ::archive_entry_set_symlink(made.get(), target.c_str());
    state_->write(made);
}

void tar_writer::finish() { state_->check(::archive_write_close(state_->archive.get()), "could not end an archive"); }

std::string tar_writer::take() { return std::exchange(state_->written, std::string()); }

}  // namespace kuberay::ray
