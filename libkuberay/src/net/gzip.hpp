#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace kuberay::net {

/// Decompresses a gzip stream (RFC 1952, one member or several) that comes in pieces of any size, giving pieces of
/// bounded size: what a small input unpacks to is never held whole. Does no input or output.
///
/// Errors: `errc::protocol_violation` for bytes that are no gzip; `errc::connection_lost` from `put_end` when the
/// stream has not ended.
class gzip_decoder {
public:
    gzip_decoder();
    gzip_decoder(gzip_decoder&&) noexcept;
    gzip_decoder& operator=(gzip_decoder&&) noexcept;
    ~gzip_decoder();

    void put(std::string bytes);

    /// No more input comes. To be called when `take` gives nothing any more. An empty input is an empty body.
    void put_end();

    /// The next piece, at most `limit` bytes; empty when more input is needed.
    std::string take(std::size_t limit = 128 * 1024);

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

/// The whole of `bytes` as one gzip member. `level` is zlib's, 1 to 9.
std::string gzip_encode(std::string_view bytes, int level = 4);

}  // namespace kuberay::net
