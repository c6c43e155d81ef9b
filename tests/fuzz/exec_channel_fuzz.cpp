// Reads bytes as a channel message, and its status as the end of a program; cuts them as input, and puts them together.
#include "fuzz/fuzz_check.hpp"
#include "kube/exec_channel.hpp"
#include "kube/exec_status.hpp"

#include <kuberay/base/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace kuberay;
    using namespace kuberay::kube;
    std::string const bytes(reinterpret_cast<char const*>(data), size);
    try {
        std::optional<channel_message> const decoded = decode_channel(bytes);
        KUBERAY_FUZZ_CHECK(!bytes.empty());
        if (decoded) KUBERAY_FUZZ_CHECK(static_cast<char>(decoded->channel) + decoded->payload == bytes);
        if (decoded && decoded->channel == exec_channel::status) {
            result<int> const ended = read_exec_status(decoded->payload);
            if (ended) KUBERAY_FUZZ_CHECK(*ended >= 0 && *ended <= 255);
            if (ended && *ended == 0)
                KUBERAY_FUZZ_CHECK(
                    decoded->payload.find("uccess") != std::string::npos || bytes.find('\\') != bytes.npos
                );
        }
    } catch (failure const& e) {
        KUBERAY_FUZZ_CHECK(e.error().code() == errc::protocol_violation);
    }
    std::string joined;
    for (std::size_t at = 0; at < bytes.size();) {
        std::string const message = take_input_message(bytes, at);
        KUBERAY_FUZZ_CHECK(message.size() > 1 && message.size() <= max_channel_message && message.front() == '\0');
        joined += message.substr(1);
    }
    KUBERAY_FUZZ_CHECK(joined == bytes);
    return 0;
}
