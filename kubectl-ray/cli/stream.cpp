#include "cli/stream.hpp"

#include <kuberay/base/error.hpp>

#include <boost/asio/error.hpp>

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cli {
namespace {

constexpr std::size_t block = std::size_t(64) << 10;

[[noreturn]] void throw_system(std::string what)
{
    throw kuberay::failure(kuberay::error_code(errno, boost::system::system_category()), std::move(what));
}

std::optional<std::string> take_line(std::string& held)
{
    std::size_t const end = held.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = held.substr(0, end);
    held.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

}  // namespace

fd_sink::fd_sink(int fd, std::string name, buffering how)
    : fd_(fd)
    , name_(std::move(name))
    , how_(how)
{
}

void fd_sink::write(std::string_view text)
{
    held_ += text;
    bool const ends_line = how_ == buffering::line && text.find('\n') != std::string_view::npos;
    if (how_ == buffering::none || ends_line || held_.size() >= block) flush();
}

void fd_sink::flush()
{
    std::string_view left = held_;
    while (!left.empty() && !broken_) {
        ssize_t const written = ::write(fd_, left.data(), left.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            broken_ = true;  // what is held can never be delivered; later writes are dropped, the first cause stands
            held_.clear();
            if (how_ == buffering::none) return;
            throw_system("writing to " + name_);
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    held_.clear();
}

fd_source::fd_source(int fd)
    : fd_(fd)
{
}

bool fd_source::fill()
{
    char piece[4096];
    ssize_t const got = ::read(fd_, piece, sizeof piece);
    if (got < 0 && errno == EINTR)
        throw kuberay::failure(boost::asio::error::operation_aborted, "interrupted while reading the answer");
    if (got < 0) throw_system("reading standard input");
    held_.append(piece, static_cast<std::size_t>(got));
    return got > 0;
}

std::optional<std::string> fd_source::read_line()
{
    for (;;) {
        if (std::optional<std::string> line = take_line(held_)) return line;
        if (fill()) continue;
        if (held_.empty()) return std::nullopt;
        return std::exchange(held_, std::string());
    }
}

std::string fd_source::read_all()
{
    while (fill()) {}
    return std::exchange(held_, std::string());
}

string_source::string_source(std::string text)
    : text_(std::move(text))
{
}

std::optional<std::string> string_source::read_line()
{
    if (std::optional<std::string> line = take_line(text_)) return line;
    if (text_.empty()) return std::nullopt;
    return std::exchange(text_, std::string());
}

std::string string_source::read_all() { return std::exchange(text_, std::string()); }

}  // namespace cli
