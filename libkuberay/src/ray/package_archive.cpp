#include "base/descriptor.hpp"
#include "ray/package_hash.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/working_dir.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace kuberay::ray {
namespace {

constexpr std::size_t piece_size = 256 * 1024;

[[noreturn]] void throw_system(int number, std::string const& path)
{
    throw failure(error_code(number, boost::system::system_category()), "could not read \"" + path + "\"");
}

// The digits of its SHA-1; `size` is what was read.
std::string hash_of(descriptor const& open, std::string const& path, std::uint64_t& size)
{
    sha1 hash;
    hash.begin();
    std::string buffer(piece_size, '\0');
    for (;;) {
        ssize_t const got = open.read_some(buffer.data(), buffer.size());
        if (got < 0) throw_system(errno, path);
        if (got == 0) break;
        size += static_cast<std::uint64_t>(got);
        if (size > max_package_bytes)
            throw failure(
                errc::too_large, "\"" + path + "\" is larger than " + std::to_string(max_package_bytes)
                                     + " bytes, the most that a Ray dashboard takes"
            );
        hash.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    }
    sha1::digest const digest = hash.end();
    return hex_of(digest.data(), digest.size());
}

}  // namespace

package pack_archive(std::filesystem::path file)
{
    std::string const name = file.filename().string();
    std::string const shown = printable_line(file.string());
    std::string_view ending;
    for (std::string_view const one : {".zip", ".tar.gz", ".tgz", ".tar.xz", ".whl"})
        if (name.size() > one.size() && name.ends_with(one)) ending = one;
    if (ending.empty())
        throw failure(
            errc::bad_input,
            "\"" + shown + "\" is no archive that Ray unpacks: .zip, .tar.gz, .tgz or .tar.xz, or .whl for a module"
        );
    descriptor const open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!open.is_open()) throw_system(errno, shown);
    struct stat seen{};
    if (::fstat(open.get(), &seen) != 0) throw_system(errno, shown);
    if (!S_ISREG(seen.st_mode)) throw failure(errc::bad_input, "\"" + shown + "\" is not a file");
    if (ending == ".whl" && !is_safe_path_segment(name))
        throw failure(errc::bad_input, "\"" + shown + "\" cannot be the name of a package");
    package made;
    made.file = std::move(file);
    made.files = 1;
    std::string const hash = hash_of(open, shown, made.bytes);
    made.unpacked_bytes = made.bytes;
    made.name = ending == ".whl" ? name : "_ray_pkg_" + hash + std::string(ending == ".tgz" ? ".tar.gz" : ending);
    return made;
}

}  // namespace kuberay::ray
