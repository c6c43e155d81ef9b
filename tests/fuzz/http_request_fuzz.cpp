// Reads bytes as requests of one connection, in pieces.
#include "net/http_server_codec.hpp"

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 1) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    std::size_t const piece = data[0] + 1u;
    try {
        kuberay::net::http_request_parser parser(4096);
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            parser.put(bytes.substr(at, piece));
            parser.take_body();
            while (parser.is_done()) {
                parser.start_next();
                parser.take_body();
            }
        }
        parser.put_end();
    } catch (kuberay::failure const&) {
        return 0;
    }
    return 0;
}
