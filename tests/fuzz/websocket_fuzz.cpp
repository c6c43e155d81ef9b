// Reads bytes as WebSocket frames, whole and in pieces; both ways must come to the same events.
#include "fuzz/fuzz_check.hpp"
#include "net/websocket_codec.hpp"

#include <kuberay/base/error.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

std::string events_of(std::string_view bytes, kuberay::net::websocket_role reader, std::size_t piece)
{
    std::string seen;
    try {
        kuberay::net::websocket_decoder decoder(reader, 10000);
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            decoder.put(bytes.substr(at, piece));
            while (auto const event = decoder.next())
                seen +=
                    std::to_string(static_cast<int>(event->kind)) + event->payload + std::to_string(event->close_code);
        }
        return seen;
    } catch (kuberay::failure const&) {
        return "refused";
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2) return 0;
    using kuberay::net::websocket_role;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 2, size - 2);
    websocket_role const reader = (data[0] & 1) != 0 ? websocket_role::server : websocket_role::client;
    std::string const whole = events_of(bytes, reader, std::max<std::size_t>(bytes.size(), 1));
    KUBERAY_FUZZ_CHECK(events_of(bytes, reader, data[1] + 1u) == whole);
    return 0;
}
