#include "net/spdy_headers.hpp"

#include <kuberay/base/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <unordered_set>

namespace kuberay::net {
namespace {

constexpr std::array words{
    "options",
    "head",
    "post",
    "put",
    "delete",
    "trace",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-ranges",
    "age",
    "allow",
    "authorization",
    "cache-control",
    "connection",
    "content-base",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expect",
    "expires",
    "from",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "pragma",
    "proxy-authenticate",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "vary",
    "via",
    "warning",
    "www-authenticate",
    "method",
    "get",
    "status",
    "200 OK",
    "version",
    "HTTP/1.1",
    "url",
    "public",
    "set-cookie",
    "keep-alive",
    "origin",
};

constexpr char const* tail =
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,"
    "publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

constexpr std::array<std::string_view, 5> names_of_the_connection{
    "connection", "host", "keep-alive", "proxy-connection", "transfer-encoding"
};

void append_number(std::string& to, std::size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        to += static_cast<char>(number >> shift & 0xff);
}

void append_text(std::string& to, std::string_view text)
{
    append_number(to, text.size());
    to += text;
}

std::string make_dictionary()
{
    std::string dictionary;
    for (std::string_view const word : words)
        append_text(dictionary, word);
    return dictionary + tail;
}

// zlib's interface is older than const.
Bytef* bytes_of(char const* text) noexcept { return reinterpret_cast<Bytef*>(const_cast<char*>(text)); }

// What is wrong with a header; null when nothing is.
char const* fault_of(std::string_view name) noexcept
{
    if (name.empty()) return "without a name";
    if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return "in upper case";
    if (std::find(names_of_the_connection.begin(), names_of_the_connection.end(), name)
        != names_of_the_connection.end())
        return "that belongs to the connection";
    return nullptr;
}

[[noreturn]] void throw_violation(std::string const& what)
{
    throw failure(errc::protocol_violation, "the peer of a SPDY connection sent " + what);
}

/// Takes a block apart.
class block_reader {
public:
    explicit block_reader(std::string_view block)
        : rest_(block)
    {
    }

    std::uint32_t number()
    {
        std::uint32_t value = 0;
        for (char const c : piece(4))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }

    std::string text() { return std::string(piece(number())); }

    std::size_t left() const noexcept { return rest_.size(); }

private:
    std::string_view piece(std::size_t size)
    {
        if (size > rest_.size()) throw_violation("a header block with wrong lengths");
        std::string_view const first = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return first;
    }

    std::string_view rest_;
};

spdy_headers read_block(std::string_view block)
{
    block_reader from(block);
    std::uint32_t const count = from.number();
    if (count > from.left() / 8) throw_violation("a header block with wrong lengths");
    spdy_headers headers;
    headers.reserve(count);
    std::unordered_set<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::string name = from.text();
        if (char const* const fault = fault_of(name)) throw_violation(std::string("a header ") + fault);
        if (!names.insert(name).second) throw_violation("a header twice");
        std::string value = from.text();
        headers.emplace_back(std::move(name), std::move(value));
    }
    if (from.left() > 0) throw_violation("a header block with wrong lengths");
    return headers;
}

}  // namespace

std::string_view spdy_dictionary() noexcept
{
    static std::string const dictionary = make_dictionary();
    return dictionary;
}

class spdy_deflater::implementation {
public:
    implementation()
    {
        // Stored, not compressed: to save sixty bytes of a stream would take as much time as all the rest of opening it.
        if (deflateInit(&zlib_, Z_NO_COMPRESSION) != Z_OK) throw std::bad_alloc();
        std::string_view const start = spdy_dictionary();
        deflateSetDictionary(&zlib_, bytes_of(start.data()), static_cast<uInt>(start.size()));
    }

    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    ~implementation() { deflateEnd(&zlib_); }

    std::string put(std::string const& block)
    {
        std::string packed(deflateBound(&zlib_, block.size()) + 16, '\0');
        zlib_.next_in = bytes_of(block.data());
        zlib_.avail_in = static_cast<uInt>(block.size());
        std::size_t size = 0;
        // A flush is over when it leaves room.
        do {
            if (size == packed.size()) packed.resize(2 * size);
            zlib_.next_out = bytes_of(packed.data() + size);
            zlib_.avail_out = static_cast<uInt>(packed.size() - size);
            deflate(&zlib_, Z_SYNC_FLUSH);
            size = packed.size() - zlib_.avail_out;
        } while (zlib_.avail_out == 0);
        packed.resize(size);
        return packed;
    }

private:
    z_stream zlib_ = z_stream();
};

spdy_deflater::spdy_deflater()
    : implementation_(std::make_unique<implementation>())
{
}

spdy_deflater::spdy_deflater(spdy_deflater&&) noexcept = default;
spdy_deflater& spdy_deflater::operator=(spdy_deflater&&) noexcept = default;
spdy_deflater::~spdy_deflater() = default;

std::string spdy_deflater::put(spdy_headers const& headers)
{
    std::string block;
    append_number(block, headers.size());
    std::unordered_set<std::string_view> names;
    for (auto const& [name, value] : headers) {
        char const* const fault = fault_of(name);
        if (fault != nullptr || !names.insert(name).second)
            throw failure(
                errc::bad_input, "a SPDY stream cannot have a header " + std::string(fault ? fault : "twice")
            );
        append_text(block, name);
        append_text(block, value);
    }
    if (block.size() > spdy_inflater::max_block_size / 2)
        throw failure(errc::bad_input, "the headers of a SPDY stream are too large");
    return implementation_->put(block);
}

class spdy_inflater::implementation {
public:
    implementation()
    {
        if (inflateInit(&zlib_) != Z_OK) throw std::bad_alloc();
    }

    implementation(implementation const&) = delete;
    implementation& operator=(implementation const&) = delete;
    ~implementation() { inflateEnd(&zlib_); }

    std::string put(std::string_view packed)
    {
        std::string block;
        zlib_.next_in = bytes_of(packed.data());
        zlib_.avail_in = static_cast<uInt>(packed.size());
        do {
            std::size_t const size = block.size();
            // One byte more than is allowed tells too much from just enough.
            block.resize(std::min(size + step, max_block_size + 1));
            zlib_.next_out = bytes_of(block.data() + size);
            zlib_.avail_out = static_cast<uInt>(block.size() - size);
            int outcome = inflate(&zlib_, Z_SYNC_FLUSH);
            if (outcome == Z_NEED_DICT) {
                std::string_view const start = spdy_dictionary();
                outcome = inflateSetDictionary(&zlib_, bytes_of(start.data()), static_cast<uInt>(start.size()));
                if (outcome == Z_OK) outcome = inflate(&zlib_, Z_SYNC_FLUSH);
            }
            if (outcome == Z_MEM_ERROR) throw std::bad_alloc();
            if (outcome != Z_OK && outcome != Z_BUF_ERROR)
                throw_violation("a header block that cannot be uncompressed");
            block.resize(block.size() - zlib_.avail_out);
            if (block.size() > max_block_size)
                throw failure(errc::too_large, "the headers of a SPDY stream are larger than 65536 bytes");
        } while (zlib_.avail_out == 0);
        if (zlib_.avail_in > 0) throw_violation("a header block that cannot be uncompressed");
        return block;
    }

private:
    static constexpr std::size_t step = 4096;

    z_stream zlib_ = z_stream();
};

spdy_inflater::spdy_inflater()
    : implementation_(std::make_unique<implementation>())
{
}

spdy_inflater::spdy_inflater(spdy_inflater&&) noexcept = default;
spdy_inflater& spdy_inflater::operator=(spdy_inflater&&) noexcept = default;
spdy_inflater::~spdy_inflater() = default;

spdy_headers spdy_inflater::put(std::string_view block) { return read_block(implementation_->put(block)); }

}  // namespace kuberay::net
