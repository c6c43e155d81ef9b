#include "ray_head/log_file.hpp"

#include <kuberay/base/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace kuberay::testing {

log_file::log_file(std::filesystem::path const& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
{
}

log_file::~log_file()
{
    if (file_ >= 0) ::close(file_);
}

std::uint64_t log_file::start_of_last(std::int64_t lines) const
{
    struct stat about{};
    if (lines < 0 || ::fstat(file_, &about) != 0) return 0;
    auto end = static_cast<std::uint64_t>(about.st_size);
    if (lines == 0) return end;
    std::uint64_t const last = end;
    std::int64_t seen = 0;
    while (end > 0) {
        std::uint64_t const from = end - std::min<std::uint64_t>(end, 65536);
        std::string const block = read(from, static_cast<std::size_t>(end - from));
        for (std::size_t i = block.size(); i-- > 0;) {
            // The newline at the very end ends the last line.
            if (block[i] != '\n' || from + i + 1 == last) continue;
            if (++seen == lines) return from + i + 1;
        }
        end = from;
    }
    return 0;
}

std::string log_file::read(std::uint64_t from, std::size_t limit) const
{
    std::string bytes(limit, '\0');
    ssize_t const got = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(from));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

std::string log_file::read_all() const
{
    std::string all;
    for (;;) {
        std::string const piece = read(all.size(), std::size_t(1) << 20);
        if (piece.empty()) return all;
        all += piece;
    }
}

void append_to(std::filesystem::path const& path, std::string_view bytes)
{
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    bool good = file >= 0;
    while (good && !bytes.empty()) {
        ssize_t const written = ::write(file, bytes.data(), bytes.size());
        good = written >= 0 || errno == EINTR;
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    int const number = errno;
    if (file >= 0) ::close(file);
    if (!good) throw failure(error_code(number, boost::system::system_category()), "cannot write " + path.string());
}

std::string with_plain_newlines(std::string_view text)
{
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
        plain += text[i] == '\r' ? '\n' : text[i];
    }
    return plain;
}

std::string last_lines(std::filesystem::path const& path)
{
    constexpr std::size_t most = 20000;
    log_file const file(path);
    if (!file.exists()) return std::string();
    std::uint64_t const from = file.start_of_last(10);
    std::string text;
    for (std::string piece = file.read(from); !piece.empty(); piece = file.read(from + text.size()))
        text += piece;
    return text.size() > most ? text.substr(text.size() - most) : text;
}

}  // namespace kuberay::testing
