#pragma once

#include <cstdint>
#include <string_view>

namespace kuberay::ray {

/// The ways to a job's output: the log file as it grows, as it is now, its text in JSON, its text over a WebSocket.
enum class output_way { stream, file, text, tail };

std::string_view word_of(output_way way) noexcept;

/// Ray decodes text for these: a `\r\n` of the file is one `\n` there.
constexpr bool gives_text(output_way way) noexcept { return way == output_way::text || way == output_way::tail; }

/// How far a job's output was read, over any number of attempts by any way.
class output_position {
public:
    explicit output_position(std::uint64_t at = 0)
        : given_(at)
        , in_file_(at)
        , in_text_(at)
    {
    }

    /// Bytes given to the reader.
    std::uint64_t given() const noexcept { return given_; }

    /// Bytes at the beginning that were read already, as that way gives them.
    std::uint64_t in(output_way way) const noexcept { return gives_text(way) ? in_text_ : in_file_; }

    /// False when text was read: where that ends in the file is not known.
    bool can_go_on_by(output_way way) const noexcept { return gives_text(way) || !read_text_; }

    void advance(output_way by, std::string_view bytes) noexcept;

private:
    std::uint64_t given_, in_file_, in_text_;
    bool read_text_ = false;
    bool after_return_ = false;  // the last byte was a carriage return
};

}  // namespace kuberay::ray
