#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::net {

/// Lower-case names, each once; values without NUL.
using spdy_headers = std::vector<std::pair<std::string, std::string>>;

/// What both compressors of SPDY/3.1 start with (draft, section 2.6.10.1).
std::string_view spdy_dictionary() noexcept;

/// Compresses the header blocks of one direction of a connection, in the order in which they are sent. Every block ends
/// with a sync flush: the Go peer waits for ever after a partial one. Does no input or output.
class spdy_deflater {
public:
    spdy_deflater();
    spdy_deflater(spdy_deflater&&) noexcept;
    spdy_deflater& operator=(spdy_deflater&&) noexcept;
    ~spdy_deflater();

    /// Errors: `errc::bad_input` for headers that the peer would refuse; nothing is compressed then.
    std::string put(spdy_headers const& headers);

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

/// Reads the header blocks of one direction. Every block has to come here in the order of arrival, that of a stream
/// nobody knows too: the blocks are pieces of one zlib stream.
///
/// Errors: `errc::protocol_violation` for blocks that the decoder of Go refuses as well: names in upper case, twice or
/// of the connection (`host`, ...), wrong lengths; `errc::too_large` for a block that unpacks to more than the limit.
/// It is good for nothing after an error.
class spdy_inflater {
public:
    static constexpr std::size_t max_block_size = 65536;  ///< unpacked

    spdy_inflater();
    spdy_inflater(spdy_inflater&&) noexcept;
    spdy_inflater& operator=(spdy_inflater&&) noexcept;
    ~spdy_inflater();

    spdy_headers put(std::string_view block);

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace kuberay::net
