#include "ray/package_walk.hpp"

#include "base/descriptor.hpp"
#include "base/utf8.hpp"

#include <kuberay/base/error.hpp>
#include <kuberay/base/file.hpp>
#include <kuberay/base/text.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace kuberay::ray {
namespace {

using obstacle = package_visitor::obstacle;

constexpr std::size_t max_ignore_file = std::size_t(4) << 20;

[[noreturn]] void throw_system(int number, std::string const& path)
{
    throw failure(
        error_code(number, boost::system::system_category()), "could not read \"" + printable_line(path) + "\""
    );
}

struct directory_closer {
    void operator()(DIR* one) const noexcept { ::closedir(one); }
};

struct named {
    std::string name;
    unsigned char type = DT_UNKNOWN;
};

// In the order of the names.
std::vector<named> names_in(std::string const& folder)
{
    std::unique_ptr<DIR, directory_closer> const open(::opendir(folder.c_str()));
    if (!open) throw_system(errno, folder);
    std::vector<named> names;
    for (;;) {
        errno = 0;
        dirent const* const one = ::readdir(open.get());
        if (!one) break;
        std::string_view const name = one->d_name;
        if (name != "." && name != "..") names.push_back({std::string(name), one->d_type});
    }
    if (errno != 0) throw_system(errno, folder);
    std::sort(names.begin(), names.end(), [](named const& a, named const& b) { return a.name < b.name; });
    return names;
}

bool means_absent(int number) { return number == ENOENT || number == ENOTDIR || number == ELOOP; }

bool means_forbidden(int number) { return number == EACCES || number == EPERM; }

class walk {
public:
    walk(std::string root, package_walk_options const& options, package_visitor& visitor)
        : root_(std::move(root))
        , options_(options)
        , visitor_(visitor)
    {
        layers_.push_back({options.excludes, 0});
    }

    void enter_root()
    {
        struct stat seen{};
        if (::stat(root_.c_str(), &seen) != 0) throw_system(errno, root_);
        if (!S_ISDIR(seen.st_mode)) throw failure(errc::bad_input, "\"" + printable_line(root_) + "\" is not a folder");
        if (!options_.excludes.exclude(".")) enter(".", seen);
    }

private:
    // Patterns, and where the paths begin that they are for.
    struct layer {
        ignore_patterns patterns;
        std::size_t begin = 0;
    };

    struct identity {
        dev_t device;
        ino_t node;
        bool operator==(identity const&) const = default;
    };

    std::string full(std::string const& path) const { return path == "." ? root_ : root_ + "/" + path; }

    bool excluded(std::string_view path) const
    {
        return std::any_of(layers_.begin(), layers_.end(), [&](layer const& one) {
            return one.patterns.exclude(path.substr(one.begin));
        });
    }

    // True when the file's patterns exclude the folder itself.
    bool add_layer(std::string const& folder, std::size_t begin, char const* name)
    {
        std::string const path = full(folder) + "/" + name;
        struct stat seen{};
        if (::stat(path.c_str(), &seen) != 0) {
            if (!means_absent(errno)) throw_system(errno, path);
            return false;
        }
        if (!S_ISREG(seen.st_mode)) return false;
        result<std::string> const text = read_file(path, max_ignore_file);
        if (!text) throw failure(text.error());
        layers_.push_back({ignore_patterns(ignore_lines(*text), "\"" + printable_line(path) + "\""), begin});
        return layers_.back().patterns.exclude(".");
    }

    void enter(std::string const& path, struct stat const& seen)
    {
        identity const self{seen.st_dev, seen.st_ino};
        if (std::find(way_.begin(), way_.end(), self) != way_.end()) return visitor_.bare_name(path, obstacle::loop);
        std::size_t const layers = layers_.size();
        std::size_t const begin = path == "." ? 0 : path.size() + 1;
        bool const excluded =
            (options_.use_gitignore && add_layer(path, begin, ".gitignore")) || add_layer(path, begin, ".rayignore");
        if (!excluded) {
            way_.push_back(self);
            std::vector<named> const names = names_in(full(path));
            visitor_.folder(path, seen, names.empty());
            for (named const& one : names)
                visit(path == "." ? one.name : path + "/" + one.name, one.type);
            way_.pop_back();
        }
        layers_.resize(layers);
    }

    void visit(std::string const& path, unsigned char type)
    {
        if (excluded(path)) return;
        if (!is_utf8(path))
            throw failure(
                error(errc::bad_input, "the name \"" + printable_line(path) + "\" is not UTF-8, which a package needs")
                    .with_hint("rename it, or leave it out with a .rayignore file")
            );
        if (++entries_ > options_.max_entries)
            throw failure(
                errc::too_large, "\"" + printable_line(root_) + "\" holds more than "
                                     + std::to_string(options_.max_entries)
                                     + " files and folders; links from folder to folder count each time"
            );
        if (type == DT_REG) return visit_file(path);
        struct stat seen{};
        if (::stat(full(path).c_str(), &seen) != 0) return visit_obstacle(path, errno);
        if (S_ISDIR(seen.st_mode)) return enter(path, seen);
        if (S_ISREG(seen.st_mode)) return visit_file(path);
        visitor_.bare_name(path, obstacle::special);
    }

    void visit_obstacle(std::string const& path, int number)
    {
        if (!means_absent(number) && !means_forbidden(number)) throw_system(number, full(path));
        visitor_.bare_name(path, means_absent(number) ? obstacle::dangling : obstacle::unreadable);
    }

    void visit_file(std::string const& path)
    {
        // It may have become a pipe meanwhile, which must not block.
        descriptor const open(::open(full(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
        if (!open.is_open()) return visit_obstacle(path, errno);
        struct stat seen{};
        if (::fstat(open.get(), &seen) != 0) throw_system(errno, full(path));
        if (!S_ISREG(seen.st_mode)) return visitor_.bare_name(path, obstacle::special);
        visitor_.file(path, open.get(), seen);
    }

    std::string root_;
    package_walk_options const& options_;
    package_visitor& visitor_;
    std::vector<layer> layers_;
    std::vector<identity> way_;
    std::size_t entries_ = 0;
};

}  // namespace

void walk_package(std::filesystem::path const& root, package_walk_options const& options, package_visitor& visitor)
{
    walk(root.string(), options, visitor).enter_root();
}

}  // namespace kuberay::ray
