#include "ray/local_tree.hpp"

#include "base/descriptor.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/text.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>

namespace kuberay::ray {
namespace {

constexpr std::size_t piece_size = 256 * 1024;

[[noreturn]] void throw_system(int number, std::filesystem::path const& path)
{
    throw failure(error_code(number, boost::system::system_category()), "could not read \"" + path.string() + "\"");
}

struct pending {
    std::filesystem::path path;
    std::string name;       // in the archive
    std::size_t depth = 0;  // below its root
};

// True when the link cannot lead out of the root, wherever that is unpacked.
bool stays_inside(std::filesystem::path const& target, std::size_t depth)
{
    if (target.is_absolute()) return false;
    auto level = static_cast<std::ptrdiff_t>(depth) - 1;
    for (auto const& part : target) {
        if (part == "..")
            --level;
        else if (part != ".")
            ++level;
        if (level < 0) return false;
    }
    return true;
}

}  // namespace

struct tree_archive::state {
    explicit state(compression packed)
        : writer(packed)
    {
    }

    tar_writer writer;
    std::deque<pending> left;
    descriptor open;
    std::filesystem::path open_path;
    std::uint64_t open_left = 0;
    bool finished = false;
    std::uint64_t files = 0, bytes = 0;
    std::vector<std::string> skipped;
    std::string buffer;

    void skip(std::filesystem::path const& path, std::string const& why)
    {
        skipped.push_back(printable_line(path.string()) + ": " + why);
    }

    void begin(pending const& one)
    {
        struct stat seen{};
        if (::lstat(one.path.c_str(), &seen) != 0) {
            // What vanishes below a root while it is read is no failure.
            if (errno == ENOENT && one.depth > 0) return skip(one.path, "it is gone");
            throw_system(errno, one.path);
        }
        if (one.depth == 0 && S_ISLNK(seen.st_mode) && ::stat(one.path.c_str(), &seen) != 0)
            throw_system(errno, one.path);
        auto const modified = static_cast<std::int64_t>(seen.st_mtime);
        if (S_ISDIR(seen.st_mode)) return begin_folder(one, seen.st_mode, modified);
        if (S_ISLNK(seen.st_mode)) return add_link(one, modified);
        if (!S_ISREG(seen.st_mode)) return skip(one.path, "neither a file nor a folder nor a link");
        open.reset(::open(one.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (one.depth > 0 ? O_NOFOLLOW : 0)));
        if (!open.is_open()) throw_system(errno, one.path);
        open_path = one.path;
        open_left = static_cast<std::uint64_t>(seen.st_size);
        writer.begin_file(one.name, open_left, seen.st_mode & 0777, modified);
    }

    void begin_folder(pending const& one, std::uint32_t mode, std::int64_t modified)
    {
        writer.folder(one.name, mode & 0777, modified);
        std::vector<pending> inside;
        std::error_code failed;
        for (std::filesystem::directory_iterator at(one.path, failed), end; !failed && at != end; at.increment(failed))
            inside.push_back({at->path(), one.name + "/" + at->path().filename().string(), one.depth + 1});
        if (failed) throw_system(failed.value(), one.path);
        std::sort(inside.begin(), inside.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
        left.insert(left.begin(), inside.begin(), inside.end());
    }

    void add_link(pending const& one, std::int64_t modified)
    {
        std::error_code failed;
        std::filesystem::path const target = std::filesystem::read_symlink(one.path, failed);
        if (failed) return skip(one.path, "it is gone");
        if (!stays_inside(target, one.depth))
            return skip(one.path, "a link to \"" + printable_line(target.string()) + "\", outside");
        writer.symbolic_link(one.name, target.string(), modified);
    }

    void read_on()
    {
        buffer.resize(piece_size);
        auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, open_left));
        ssize_t const count = open.read_some(buffer.data(), wanted);
        if (count < 0) throw_system(errno, open_path);
        if (count == 0 && open_left > 0) skip(open_path, "it shrank while it was read; its end is filled with zeros");
        writer.data(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
        bytes += static_cast<std::uint64_t>(count);
        open_left -= static_cast<std::uint64_t>(count);
        if (count > 0 && open_left > 0) return;
        open.reset();
        ++files;
    }
};

tree_archive::tree_archive(std::filesystem::path root, std::string top, compression packed)
    : state_(std::make_unique<state>(packed))
{
    add(std::move(root), std::move(top));
}

tree_archive::tree_archive(tree_archive&&) noexcept = default;
tree_archive::~tree_archive() = default;

void tree_archive::add(std::filesystem::path root, std::string top)
{
    state_->left.push_back({std::move(root), std::move(top), 0});
}

std::optional<std::string> tree_archive::next()
{
    state& on = *state_;
    if (on.finished) return std::nullopt;
    if (on.open.is_open()) {
        on.read_on();
    } else if (!on.left.empty()) {
        pending const one = std::move(on.left.front());
        on.left.pop_front();
        on.begin(one);
    } else {
        on.writer.finish();
        on.finished = true;
    }
    return on.writer.take();
}

std::uint64_t tree_archive::files() const noexcept { return state_->files; }

std::uint64_t tree_archive::bytes() const noexcept { return state_->bytes; }

std::vector<std::string> const& tree_archive::skipped() const noexcept { return state_->skipped; }

}  // namespace kuberay::ray
