#pragma once

#include <zlib.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace kuberay::ray {

/// Raw deflate at the lowest level. The level is nought for what does not shrink: a sample is tried first.
class deflater {
public:
    /// Errors: throws `std::bad_alloc`.
    deflater();
    deflater(deflater const&) = delete;
    deflater& operator=(deflater const&) = delete;
    ~deflater();

    /// All of `bytes` in `to`, or false when that would not be shorter.
    bool shrink(std::string_view bytes, std::string& to);

    /// A stream: what is ready is in `to` after each call.
    void begin();
    void add(std::string_view bytes, bool last, std::string& to);

private:
    bool is_worth(std::string_view bytes);

    z_stream whole_{};   // for one piece, always at the lowest level
    z_stream stream_{};  // its level changes
    std::string sample_out_;
    int level_ = 1;
};

}  // namespace kuberay::ray
