// Reads bytes as the messages of a port-forward (each with its length before it), asked for the port in the first two.
#include "fuzz/fuzz_check.hpp"
#include "kube/port_channels.hpp"

#include <kuberay/base/error.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace kuberay;
    using namespace kuberay::kube;
    std::string_view rest(reinterpret_cast<char const*>(data), size);
    KUBERAY_FUZZ_CHECK(port_channel_message(rest).substr(1) == rest && port_channel_message(rest).front() == '\0');
    if (rest.size() < 2) return 0;
    std::string_view const port = rest.substr(0, 2);
    rest.remove_prefix(2);
    port_channel_decoder decoder(static_cast<std::uint16_t>(data[0] | data[1] << 8));
    bool begun[2] = {false, false};
    while (!rest.empty()) {
        std::size_t const length = std::min<std::size_t>(static_cast<unsigned char>(rest.front()), rest.size() - 1);
        std::string const message(rest.substr(1, length));
        rest.remove_prefix(1 + length);
        std::size_t const channel = message.empty() ? 0 : static_cast<unsigned char>(message.front());
        try {
            std::optional<port_message> const read = decoder.read(message);
            KUBERAY_FUZZ_CHECK(channel < 2);
            if (read) {
                KUBERAY_FUZZ_CHECK(begun[channel] && !read->bytes.empty());
                KUBERAY_FUZZ_CHECK(read->bytes == message.substr(1));
                KUBERAY_FUZZ_CHECK((read->what == port_message::kind::data) == (channel == 0));
            } else if (!message.empty() && !begun[channel]) {
                KUBERAY_FUZZ_CHECK(message.substr(1) == port);
                begun[channel] = true;
            } else {
                KUBERAY_FUZZ_CHECK(message.size() < 2);
            }
        } catch (failure const& e) {
            KUBERAY_FUZZ_CHECK(e.error().code() == errc::protocol_violation);
            return 0;  // the connection is given up
        }
    }
    return 0;
}
