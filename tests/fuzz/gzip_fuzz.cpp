// Decompresses bytes in pieces, and reads back what is compressed from them.
#include "fuzz/fuzz_check.hpp"
#include "net/gzip.hpp"

#include <kuberay/base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

std::string unpack(std::string_view bytes, std::size_t piece)
{
    constexpr std::size_t enough = 1u << 20;
    kuberay::net::gzip_decoder decoder;
    std::string all;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        decoder.put(std::string(bytes.substr(at, piece)));
        for (std::string part = decoder.take(4096); !part.empty() && all.size() < enough; part = decoder.take(4096))
            all += part;
        if (all.size() >= enough) return all;
    }
    decoder.put_end();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 1) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    std::size_t const piece = data[0] + 1u;
    try {
        unpack(bytes, piece);
    } catch (kuberay::failure const&) {
        // refused, which is an answer
    }
    KUBERAY_FUZZ_CHECK(unpack(kuberay::net::gzip_encode(bytes), piece) == bytes);
    return 0;
}
