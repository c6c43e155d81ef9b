#include "ray/safe_folder.hpp"

#include "base/descriptor.hpp"
#include "base/utf8.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>

namespace kuberay::ray {
namespace {

constexpr mode_t folder_mode = 0755;

[[noreturn]] void throw_system(std::string attempted)
{
    throw failure(error_code(errno, boost::system::system_category()), std::move(attempted));
}

using shared_descriptor = std::shared_ptr<descriptor>;

// What stands in the way of a name, as opposed to a target that cannot be written.
bool is_blocked(int number)
{
    return number == ELOOP || number == ENOTDIR || number == EISDIR || number == ENAMETOOLONG || number == EILSEQ
           || number == EINVAL;
}

shared_descriptor open_below(int folder, std::string const& name)
{
    int const opened = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return opened < 0 ? nullptr : std::make_shared<descriptor>(opened);
}

std::string joined(std::filesystem::path path, folder_way const& way)
{
    for (auto const& component : way)
        path /= component;
    return path.string();
}

// Unlike any name that a person or a program chooses; another process, and another file of this one, has another.
std::string temporary_name()
{
    static std::atomic<std::uint64_t> count{0};
    return ".kuberay-" + std::to_string(::getpid()) + "-" + std::to_string(++count) + ".partial";
}

}  // namespace

class new_file::place {
public:
    place(shared_descriptor folder, int file, std::string temporary, std::string name, std::string shown)
        : folder_(std::move(folder))
        , file_(file)
        , temporary_(std::move(temporary))
        , name_(std::move(name))
        , shown_(std::move(shown))
    {
    }

    place(place const&) = delete;
    place& operator=(place const&) = delete;

    ~place()
    {
        if (!temporary_.empty()) ::unlinkat(folder_->get(), temporary_.c_str(), 0);
    }

    void write(std::string_view bytes)
    {
        if (!file_.write_all(bytes)) throw_system("could not write \"" + shown_ + "\"");
    }

    bool commit(std::uint32_t mode, timespec modified)
    {
        if (::fchmod(file_.get(), mode) != 0) throw_system("could not set the mode of \"" + shown_ + "\"");
        timespec access{};
        access.tv_nsec = UTIME_OMIT;
        std::array<timespec, 2> const times{access, modified};
        ::futimens(file_.get(), times.data());  // a time that the file system cannot hold is not worth a failure
        if (::renameat(folder_->get(), temporary_.c_str(), folder_->get(), name_.c_str()) != 0) {
            if (is_blocked(errno) || errno == EEXIST || errno == ENOTEMPTY) return false;
            throw_system("could not name \"" + shown_ + "\"");
        }
        temporary_.clear();
        return true;
    }

private:
    shared_descriptor folder_;
    descriptor file_;
    std::string temporary_, name_, shown_;
};

new_file::new_file(std::unique_ptr<place> at) noexcept
    : at_(std::move(at))
{
}

new_file::new_file(new_file&&) noexcept = default;
new_file& new_file::operator=(new_file&&) noexcept = default;
new_file::~new_file() = default;

void new_file::write(std::string_view bytes) { at_->write(bytes); }

bool new_file::commit(std::uint32_t mode, std::int64_t modified)
{
    timespec time{};
    time.tv_sec = modified;
    return at_->commit(mode, time);
}

bool new_file::commit(std::uint32_t mode)
{
    timespec now{};
    now.tv_nsec = UTIME_OMIT;
    return at_->commit(mode, now);
}

struct safe_folder::opened {
    std::filesystem::path path;
    shared_descriptor root;
    // Archives name the files of a folder one after the other.
    folder_way last_way;
    shared_descriptor last;
    std::uint64_t made = 0;

    /// The folder that the first `depth` components lead to; null when the way is blocked.
    shared_descriptor enter(folder_way const& way, std::size_t depth)
    {
        bool const same = last && last_way.size() == depth && std::equal(last_way.begin(), last_way.end(), way.begin());
        if (same) return last;
        shared_descriptor at = root;
        for (std::size_t i = 0; i < depth; ++i) {
            shared_descriptor below = open_below(at->get(), way[i]);
            if (!below && errno == ENOENT) {
                if (::mkdirat(at->get(), way[i].c_str(), folder_mode) == 0)
                    ++made;
                else if (errno != EEXIST && !is_blocked(errno))
                    throw_system("could not make a folder for \"" + joined(path, way) + "\"");
                below = open_below(at->get(), way[i]);
            }
            if (!below && is_blocked(errno)) return nullptr;
            if (!below) throw_system("could not open a folder for \"" + joined(path, way) + "\"");
            at = std::move(below);
        }
        last_way.assign(way.begin(), way.begin() + static_cast<std::ptrdiff_t>(depth));
        last = at;
        return at;
    }
};

safe_folder::safe_folder(std::filesystem::path path)
    : opened_(std::make_shared<opened>())
{
    if (::mkdir(path.c_str(), folder_mode) != 0 && errno != EEXIST)
        throw_system("could not make the folder \"" + path.string() + "\"");
    int const root = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) throw_system("could not open the folder \"" + path.string() + "\"");
    opened_->root = std::make_shared<descriptor>(root);
    opened_->path = std::move(path);
}

std::unique_ptr<new_file> safe_folder::create(folder_way way) const
{
    shared_descriptor folder = opened_->enter(way, way.size() - 1);
    if (!folder) return nullptr;
    std::string const shown = joined(opened_->path, way);
    // A link or a file of that name is replaced, a folder is not: better told before its content was read.
    struct stat there{};
    if (::fstatat(folder->get(), way.back().c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0) {
        if (S_ISDIR(there.st_mode)) return nullptr;
    } else if (is_blocked(errno)) {
        return nullptr;
    }
    for (;;) {
        std::string temporary = temporary_name();
        int const file =
            ::openat(folder->get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (file < 0 && errno == EEXIST) continue;
        if (file < 0) throw_system("could not create \"" + shown + "\"");
        return std::make_unique<new_file>(std::make_unique<new_file::place>(
            std::move(folder), file, std::move(temporary), std::move(way.back()), shown
        ));
    }
}

bool safe_folder::make(folder_way way, std::uint32_t mode) const
{
    shared_descriptor const folder = opened_->enter(way, way.size());
    if (!folder) return false;
    if (::fchmod(folder->get(), mode) != 0)
        throw_system("could not set the mode of \"" + joined(opened_->path, way) + "\"");
    return true;
}

safe_folder::safe_folder(std::shared_ptr<opened> opened) noexcept
    : opened_(std::move(opened))
{
}

std::optional<safe_folder> safe_folder::below(std::string name) const
{
    folder_way way;
    way.push_back(name);
    shared_descriptor folder = opened_->enter(way, 1);
    if (!folder) return std::nullopt;
    auto inner = std::make_shared<opened>();
    inner->path = opened_->path / name;
    inner->root = std::move(folder);
    return safe_folder(std::move(inner));
}

std::uint64_t safe_folder::folders_made() const noexcept { return opened_->made; }

std::filesystem::path const& safe_folder::path() const noexcept { return opened_->path; }

std::string safe_component(std::string_view name)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string safe;
    while (!name.empty()) {
        utf8_step const step = next_code_point(name);
        char32_t const c = step.code_point;
        bool const control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        bool const turns =
            c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        for (char const byte : name.substr(0, step.length)) {
            auto const value = static_cast<unsigned char>(byte);
            if (step.valid && !control && !turns)
                safe += byte;
            else
                (safe += '%').append({digits[value >> 4], digits[value & 15]});
        }
        name.remove_prefix(step.length);
    }
    return safe;
}

}  // namespace kuberay::ray
