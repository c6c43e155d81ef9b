#include "kube/log_line_codec.hpp"

#include <algorithm>
#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::size_t longest_time = 40;  // "2006-01-02T15:04:05.000000000+07:00" and some
constexpr std::size_t compact_at = 64 * 1024;

}  // namespace

log_line_codec::log_line_codec(std::size_t max_line)
    : max_line_(std::max<std::size_t>(max_line, 1))
{
}

void log_line_codec::feed(std::string_view bytes)
{
    if (start_ == buffer_.size() || start_ >= compact_at) {
        buffer_.erase(0, start_);
        scanned_ -= start_;
        start_ = 0;
    }
    buffer_ += bytes;
}

// True when it is known whether the line has a timestamp, and which.
bool log_line_codec::read_time(bool is_whole)
{
    if (in_line_) return true;
    std::string_view const head = std::string_view(buffer_).substr(start_, longest_time);
    std::size_t const end = head.find_first_of(" \n");
    if (end == std::string_view::npos && head.size() < longest_time && !is_whole) return false;
    in_line_ = true;
    time_.reset();
    // An empty line has no space behind its timestamp with some runtimes.
    time_ = parse_rfc3339(head.substr(0, end));
    if (!time_) return true;
    std::size_t const size = end == std::string_view::npos ? head.size() : end;
    start_ += size;
    if (start_ < buffer_.size() && buffer_[start_] == ' ') ++start_;
    scanned_ = std::max(scanned_, start_);
    return true;
}

log_line log_line_codec::take(std::size_t size, std::size_t end_size, bool more)
{
    log_line line;
    line.time = std::exchange(time_, std::nullopt);
    line.text.assign(buffer_, start_, size);
    line.more = more;
    start_ += size + end_size;
    scanned_ = std::max(scanned_, start_);
    in_line_ = more;
    return line;
}

std::optional<log_line> log_line_codec::next()
{
    if (start_ == buffer_.size() || !read_time(false)) return std::nullopt;
    // One byte more than a part: a line of exactly that size is no part.
    std::size_t const window = std::min(buffer_.size(), start_ + max_line_ + 1);
    std::size_t const from = std::max(scanned_, start_);
    if (from < window) {
        std::size_t const at = std::string_view(buffer_).substr(from, window - from).find('\n');
        if (at != std::string_view::npos) return take(from + at - start_, 1, false);
        scanned_ = window;
    }
    if (buffer_.size() - start_ > max_line_) return take(max_line_, 0, true);
    return std::nullopt;
}

std::optional<log_line> log_line_codec::finish()
{
    std::optional<log_line> last;
    if (start_ != buffer_.size() || in_line_) {
        bool const is_first = !in_line_;
        std::string_view const rest = std::string_view(buffer_).substr(start_);
        // A timestamp, or a part of one, is nothing that the container wrote.
        bool const is_only_a_time = rest.size() < longest_time && rest.find(' ') == std::string_view::npos;
        if (!is_first || !is_only_a_time) {
            read_time(true);
            last = take(buffer_.size() - start_, 0, false);
        }
    }
    reset();
    return last;
}

void log_line_codec::reset()
{
    buffer_.clear();
    start_ = scanned_ = 0;
    in_line_ = false;
    time_.reset();
}

}  // namespace kuberay::kube
