#include "net/gzip.hpp"

#include <kuberay/base/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace kuberay::net {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window; 16 asks zlib for gzip's framing

// zlib's interface is older than const.
Bytef* bytes_of(char const* text) noexcept { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

uInt clamp(std::size_t size) noexcept
{
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

class gzip_decoder::implementation {
public:
    implementation()
    {
        if (inflateInit2(&zlib_, gzip_window) != Z_OK) throw std::bad_alloc();
    }

    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    ~implementation() { inflateEnd(&zlib_); }

    void put(std::string bytes)
    {
        input_.erase(0, used_);
        used_ = 0;
        if (input_.empty())
            input_ = std::move(bytes);
        else
            input_ += bytes;
    }

    void put_end() const
    {
        if (in_member_) throw failure(errc::connection_lost, "the compressed body ended before its end mark");
    }

    std::string take(std::size_t limit)
    {
        if (used_ == input_.size() && !has_more_) return std::string();
        std::string piece(limit, '\0');
        std::size_t size = 0;
        // zlib may hold output back that did not fit, so it is asked again even without input.
        while (size < limit && (used_ < input_.size() || has_more_)) {
            zlib_.next_in = bytes_of(input_.data() + used_);
            zlib_.avail_in = clamp(input_.size() - used_);
            zlib_.next_out = bytes_of(piece.data() + size);
            zlib_.avail_out = clamp(limit - size);
            uInt const offered = zlib_.avail_in;
            uInt const room = zlib_.avail_out;
            if (offered > 0) in_member_ = true;
            int const outcome = inflate(&zlib_, Z_NO_FLUSH);
            used_ += offered - zlib_.avail_in;
            size += room - zlib_.avail_out;
            has_more_ = zlib_.avail_out == 0;
            if (outcome == Z_STREAM_END) {
                in_member_ = false;
                has_more_ = false;
                inflateReset(&zlib_);
            } else if (outcome == Z_MEM_ERROR) {
                throw std::bad_alloc();
            } else if (outcome == Z_BUF_ERROR) {
                has_more_ = false;
                break;
            } else if (outcome != Z_OK) {
                std::string const why = zlib_.msg ? std::string(": ") + zlib_.msg : std::string();
                throw failure(errc::protocol_violation, "the compressed body cannot be read" + why);
            }
        }
        piece.resize(size);
        return piece;
    }

private:
    z_stream zlib_ = z_stream();
    std::string input_;
    std::size_t used_ = 0;
    bool in_member_ = false;
    bool has_more_ = false;
};

gzip_decoder::gzip_decoder()
    : implementation_(std::make_unique<implementation>())
{
}

gzip_decoder::gzip_decoder(gzip_decoder&&) noexcept = default;
gzip_decoder& gzip_decoder::operator=(gzip_decoder&&) noexcept = default;
gzip_decoder::~gzip_decoder() = default;

void gzip_decoder::put(std::string bytes) { implementation_->put(std::move(bytes)); }
void gzip_decoder::put_end() { implementation_->put_end(); }
std::string gzip_decoder::take(std::size_t limit) { return implementation_->take(limit); }

std::string gzip_encode(std::string_view bytes, int level)
{
    z_stream zlib = z_stream();
    if (deflateInit2(&zlib, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    std::string packed(deflateBound(&zlib, bytes.size()), '\0');
    std::size_t taken = 0;
    std::size_t size = 0;
    int outcome = Z_OK;
    while (outcome == Z_OK) {
        zlib.next_in = bytes_of(bytes.data() + taken);
        zlib.avail_in = clamp(bytes.size() - taken);
        zlib.next_out = bytes_of(packed.data() + size);
        zlib.avail_out = clamp(packed.size() - size);
        uInt const offered = zlib.avail_in;
        uInt const room = zlib.avail_out;
        outcome = deflate(&zlib, taken + offered == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
        taken += offered - zlib.avail_in;
        size += room - zlib.avail_out;
    }
    deflateEnd(&zlib);
    packed.resize(size);
    return packed;
}

}  // namespace kuberay::net
