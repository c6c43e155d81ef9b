#include "ray/package_hash.hpp"
#include "ray/package_walk.hpp"
#include "ray/zip_writer.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/working_dir.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kuberay::ray {
namespace {

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::size_t largest_count = 10;
constexpr std::size_t sized_count = 100'000;  // entries looked at for the largest files, once the package is too large

std::string size_text(std::uint64_t bytes)
{
    if (bytes < 1u << 20) return std::to_string((bytes + 1023) >> 10) + " KiB";
    return std::to_string((bytes + (1u << 20) - 1) >> 20) + " MiB";
}

// Ends the walk: enough is known for the message.
struct enough {};

class packer : public package_visitor {
public:
    packer(std::filesystem::path const& folder, package_options const& options, scratch_file& file)
        : folder_(folder)
        , options_(options)
        , file_(file)
        , zip_(file)
    {
        buffer_.resize(piece_size);
    }

    std::function<void(std::uint64_t)> on_progress;
    package made;

    void folder(std::string const& path, struct stat const& seen, bool is_empty) override
    {
        if (sizing()) return;
        hash_.begin(path);
        hash_.end();
        std::string const name = name_of(path);
        if (!is_empty || name.empty()) return;
        zip_.folder(name, seen.st_mode, seen.st_mtime);
        check_size();
    }

    void file(std::string const& path, int open, struct stat const& seen) override
    {
        note_size(path, static_cast<std::uint64_t>(seen.st_size));
        if (sizing()) return;
        hash_.begin(path);
        auto const size = static_cast<std::uint64_t>(seen.st_size);
        std::size_t const length = read(path, open, size);
        std::string_view const first(buffer_.data(), length);
        if (length < buffer_.size() || length == size) {
            zip_.file(name_of(path), seen.st_mode, seen.st_mtime, first);
            hash_.add(first);
            count(length);
        } else {
            zip_.begin_file(name_of(path), seen.st_mode, seen.st_mtime, size);
            for (std::size_t some = length; some > 0 && !too_large_; some = read(path, open, 0))
                stream(std::string_view(buffer_.data(), some));
            zip_.end_file();
        }
        hash_.end();
        ++made.files;
        check_size();
    }

    void bare_name(std::string const& path, obstacle why) override
    {
        if (sizing()) return;
        hash_.begin(path);
        hash_.end();
        package_notes& notes = made.notes;
        auto& list = why == obstacle::dangling ? notes.dangling
                     : why == obstacle::loop   ? notes.loops
                                               : notes.unreadable;
        list.push_back(path);
    }

    void finish()
    {
        zip_.finish();
        made.bytes = file_.size();
    }

    bool too_large() const { return too_large_; }

    std::string hash() const { return hash_.text(); }

private:
    std::string name_of(std::string const& path) const
    {
        if (path == ".") return options_.parent;
        return options_.parent.empty() ? path : options_.parent + "/" + path;
    }

    bool sizing()
    {
        if (too_large_ && ++sized_ > sized_count) throw enough();
        return too_large_;
    }

    void note_size(std::string const& path, std::uint64_t size)
    {
        auto& largest = made.notes.largest;
        if (largest.size() == largest_count && size <= largest.back().second) return;
        auto const at =
            std::find_if(largest.begin(), largest.end(), [&](auto const& one) { return one.second < size; });
        largest.emplace(at, path, size);
        if (largest.size() > largest_count) largest.pop_back();
    }

    // A whole piece but at the end of the file, which is not asked for again after `size` bytes (0: is asked for).
    std::size_t read(std::string const& path, int open, std::uint64_t size)
    {
        std::size_t done = 0;
        while (done < buffer_.size()) {
            ssize_t const got = ::read(open, buffer_.data() + done, buffer_.size() - done);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0)
                throw failure(
                    error_code(errno, boost::system::system_category()),
                    "could not read \"" + printable_line((folder_ / path).string()) + "\""
                );
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
            if (done == size) break;
        }
        return done;
    }

    void stream(std::string_view bytes)
    {
        hash_.add(bytes);
        zip_.data(bytes);
        count(bytes.size());
        check_size();
    }

    void count(std::size_t bytes)
    {
        made.unpacked_bytes += bytes;
        if (on_progress) on_progress(made.unpacked_bytes);
    }

    void check_size() { too_large_ = too_large_ || zip_.size() > options_.max_bytes; }

    std::filesystem::path const& folder_;
    package_options const& options_;
    scratch_file& file_;
    zip_writer zip_;
    package_hash hash_;
    std::string buffer_;
    bool too_large_ = false;
    std::size_t sized_ = 0;
};

[[noreturn]] void throw_too_large(std::filesystem::path const& folder, std::uint64_t limit, package_notes const& notes)
{
    std::vector<std::string> largest;
    for (auto const& [path, size] : notes.largest)
        largest.push_back(printable_line(path) + " (" + size_text(size) + ")");
    throw failure(
        error(
            errc::too_large,
            "\"" + printable_line(folder.string()) + "\" does not fit in a package of " + std::to_string(limit)
                + " bytes, the most that a Ray dashboard takes; its largest files: " + join(largest, ", ")
        )
            .with_hint("leave out what the job does not need: name it in a .rayignore file in that folder, one "
                       "pattern per line, or in \"excludes\" of the runtime environment; large data belongs in "
                       "a bucket or a volume")
    );
}

package_walk_options walk_options(package_options const& options)
{
    package_walk_options walk;
    std::vector<std::string> patterns = options.default_excludes;
    patterns.insert(patterns.end(), options.excludes.begin(), options.excludes.end());
    walk.excludes = ignore_patterns(patterns, "the excludes of the runtime environment");
    walk.use_gitignore = options.use_gitignore;
    return walk;
}

}  // namespace

package pack_folder(
    std::filesystem::path folder, package_options options, std::function<void(std::uint64_t bytes_read)> on_progress
)
{
    package_walk_options const walk = walk_options(options);
    scratch_file file(options.scratch);
    packer visitor(folder, options, file);
    visitor.on_progress = std::move(on_progress);
    try {
        walk_package(folder, walk, visitor);
    } catch (enough const&) {
    }
    if (!visitor.too_large()) visitor.finish();
    package made = std::move(visitor.made);
    if (visitor.too_large()) throw_too_large(folder, options.max_bytes, made.notes);
    made.name = "_ray_pkg_" + visitor.hash() + ".zip";
    made.notes.is_empty = made.files == 0;
    std::error_code ignored;
    for (std::string const& one : options.default_excludes)
        if (std::filesystem::exists(folder / one, ignored)) made.notes.default_excluded.push_back(one);
    kept_file kept = file.finish();
    made.file = std::move(kept.path);
    made.open = std::move(kept.open);
    return made;
}

}  // namespace kuberay::ray
