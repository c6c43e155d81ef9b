#include "base/descriptor.hpp"

#include <kuberay/base/file.hpp>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace kuberay {
namespace {

error system_failure(int number, std::string const& attempted)
{
    return error(error_code(number, boost::system::system_category()), attempted);
}

// A rename lasts only when its folder is on disk too. Some file systems cannot do it; the file itself is safe then.
void flush_folder(std::filesystem::path const& folder)
{
    descriptor const opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.is_open()) ::fsync(opened.get());
}

}  // namespace

result<std::string> read_file(std::filesystem::path const& path, std::size_t max_size)
{
    std::string const attempted = "read " + path.string();
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) return system_failure(errno, attempted);
    struct stat about{};
    if (::fstat(file.get(), &about) != 0) return system_failure(errno, attempted);
    if (S_ISDIR(about.st_mode)) return system_failure(EISDIR, attempted);

    // The size is a hint only: files under /proc and pipes have none.
    std::string content;
    content.reserve(std::min(static_cast<std::size_t>(std::max<off_t>(about.st_size, 0)), max_size));
    std::array<char, 65536> buffer;
    for (;;) {
        ssize_t const got = file.read_some(buffer.data(), buffer.size());
        if (got < 0) return system_failure(errno, attempted);
        if (got == 0) return content;
        if (content.size() + static_cast<std::size_t>(got) > max_size)
            return error(errc::too_large, attempted + ": it is larger than " + std::to_string(max_size) + " bytes");
        content.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

result<void> write_private_file(std::filesystem::path const& path, std::string_view bytes)
{
    std::string const attempted = "write " + path.string();
    std::error_code no_link;
    auto const resolved = std::filesystem::canonical(path, no_link);
    auto const target = no_link ? path : resolved;

    std::string beside = target.string() + ".XXXXXX";
    int const made = ::mkostemp(beside.data(), O_CLOEXEC);  // creates with mode 0600
    if (made < 0) return system_failure(errno, attempted);
    int failed = 0;
    {
        descriptor const file(made);
        if (!file.write_all(bytes) || ::fsync(file.get()) != 0) failed = errno;
    }
    if (failed == 0 && ::rename(beside.c_str(), target.c_str()) != 0) failed = errno;
    if (failed != 0) {
        ::unlink(beside.c_str());
        return system_failure(failed, attempted);
    }
    flush_folder(target.parent_path());
    return result<void>();
}

std::optional<std::string> environment(std::string const& name)
{
    char const* const value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return std::string(value);
}

std::filesystem::path home_directory()
{
    if (auto home = environment("HOME"); home && !home->empty()) return *home;
    std::array<char, 16384> buffer;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || !found) return {};
    return found->pw_dir;
}

}  // namespace kuberay
