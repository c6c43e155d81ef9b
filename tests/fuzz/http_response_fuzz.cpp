// Reads bytes as answers, whole and in pieces; both ways must come to the same end.
#include "fuzz/fuzz_check.hpp"
#include "net/http_codec.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

std::string outcome_of(std::string_view bytes, std::string_view method, std::size_t piece)
{
    std::string seen;
    try {
        kuberay::net::http_response_parser parser(method, 4096);
        for (std::size_t at = 0; at < bytes.size() && !parser.is_done(); at += piece) {
            parser.put(bytes.substr(at, piece));
            seen += parser.take_body();
        }
        if (!parser.is_done()) parser.put_end();
        return std::to_string(parser.head().status) + " " + seen;
    } catch (kuberay::failure const&) {
        return "refused";
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 2, size - 2);
    std::string_view const method = (data[0] & 1) != 0 ? "HEAD" : "GET";
    std::size_t const piece = data[1] % 64u + 1u;
    // A head near its limit may be refused by one way of cutting and not by the other.
    bool const comparable = bytes.size() < 4096;
    std::string const whole = outcome_of(bytes, method, std::max<std::size_t>(bytes.size(), 1));
    std::string const parts = outcome_of(bytes, method, piece);
    KUBERAY_FUZZ_CHECK(!comparable || whole == parts);
    return 0;
}
