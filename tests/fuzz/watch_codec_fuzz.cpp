#include "fuzz/fuzz_check.hpp"
#include "kube/watch_codec.hpp"

#include <kuberay/base/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace kuberay;

namespace {

struct outcome {
    bool refused = false, partial = false;
    std::string events;
    bool operator==(outcome const&) const = default;
};

outcome decode(std::string_view text, std::size_t step)
{
    outcome made;
    kube::watch_codec codec;
    try {
        for (std::size_t at = 0; at < text.size(); at += step) {
            codec.feed(text.substr(at, step));
            for (auto event = codec.next(); event; event = codec.next()) {
                made.events +=
                    std::to_string(static_cast<int>(event->type)) + to_json(json::value(event->object)) + "\n";
                if (event->type == kube::message_type::error)
                    KUBERAY_FUZZ_CHECK(kube::error_of_event(event->object).code().failed());
            }
        }
        made.partial = codec.has_partial();
    } catch (failure const& refused) {
        KUBERAY_FUZZ_CHECK(refused.error().code() == errc::protocol_violation);
        made.refused = true;
    }
    return made;
}

}  // namespace

// How the bytes are cut changes nothing.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data + 1), size - 1);
    outcome const whole = decode(text, text.size() + 1);
    KUBERAY_FUZZ_CHECK(decode(text, 1) == whole);
    KUBERAY_FUZZ_CHECK(decode(text, std::size_t(data[0] % 40) + 2) == whole);
    return 0;
}
