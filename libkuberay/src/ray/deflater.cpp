#include "ray/deflater.hpp"

#include <algorithm>
#include <new>

namespace kuberay::ray {
namespace {

constexpr std::size_t sample_size = 8 * 1024;
constexpr std::size_t unsampled_size = 4 * sample_size;  // up to here trying is as quick
constexpr std::size_t least_size = 40;                   // below that nothing is won
constexpr int quickest = 1, none = 0;

void open(z_stream& stream)
{
    constexpr int raw = -15, memory = 8;
    if (::deflateInit2(&stream, quickest, Z_DEFLATED, raw, memory, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
}

void give(z_stream& stream, std::string_view bytes)
{
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
}

}  // namespace

deflater::deflater()
{
    open(stream_);
    try {
        open(whole_);
        sample_out_.resize(sample_size);
    } catch (...) {
        ::deflateEnd(&stream_);
        ::deflateEnd(&whole_);
        throw;
    }
}

deflater::~deflater()
{
    ::deflateEnd(&stream_);
    ::deflateEnd(&whole_);
}

bool deflater::is_worth(std::string_view bytes)
{
    if (bytes.size() <= unsampled_size) return true;
    ::deflateReset(&whole_);
    give(whole_, bytes.substr(bytes.size() / 2 - sample_size / 2, sample_size));
    whole_.next_out = reinterpret_cast<Bytef*>(sample_out_.data());
    whole_.avail_out = static_cast<uInt>(sample_size * 15 / 16);
    return ::deflate(&whole_, Z_FINISH) == Z_STREAM_END;
}

bool deflater::shrink(std::string_view bytes, std::string& to)
{
    if (bytes.size() < least_size || !is_worth(bytes)) return false;
    to.resize(bytes.size() - 1);
    ::deflateReset(&whole_);
    give(whole_, bytes);
    whole_.next_out = reinterpret_cast<Bytef*>(to.data());
    whole_.avail_out = static_cast<uInt>(to.size());
    if (::deflate(&whole_, Z_FINISH) != Z_STREAM_END) return false;
    to.resize(to.size() - whole_.avail_out);
    return true;
}

void deflater::begin() { ::deflateReset(&stream_); }

void deflater::add(std::string_view bytes, bool last, std::string& to)
{
    to.clear();
    auto const run = [&](auto step) {
        int done = Z_OK;
        do {
            std::size_t const before = to.size();
            to.resize(before + std::max<std::size_t>(bytes.size() + 64, 4096));
            stream_.next_out = reinterpret_cast<Bytef*>(to.data() + before);
            stream_.avail_out = static_cast<uInt>(to.size() - before);
            done = step();
            to.resize(to.size() - stream_.avail_out);
        } while (stream_.avail_out == 0 && done != Z_STREAM_END);
    };
    if (!bytes.empty()) {
        int const level = is_worth(bytes) ? quickest : none;
        if (level != level_) {
            give(stream_, {});
            run([&] { return ::deflateParams(&stream_, level, Z_DEFAULT_STRATEGY); });
            level_ = level;
        }
    }
    give(stream_, bytes);
    run([&] { return ::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH); });
}

}  // namespace kuberay::ray
