#include "fuzz/fuzz_check.hpp"
#include "kube/list_decoder.hpp"

#include <kuberay/base/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace kuberay;

namespace {

struct outcome {
    bool complete = false;
    std::string items, version, token;
    bool operator==(outcome const&) const = default;
};

outcome decode(std::string_view text, std::size_t step)
{
    outcome made;
    kube::list_decoder decoder([&](json::value item) { made.items += to_json(item) + "\n"; });
    try {
        for (std::size_t at = 0; at < text.size(); at += step)
            decoder.feed(text.substr(at, step));
        decoder.finish();
        made.complete = true;
    } catch (failure const& refused) {
        KUBERAY_FUZZ_CHECK(refused.error().code() == errc::bad_document);
    }
    made.version = decoder.resource_version();
    made.token = decoder.continue_token();
    return made;
}

}  // namespace

// How the bytes are cut changes nothing: neither what is found nor whether it is accepted.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data + 1), size - 1);
    outcome const whole = decode(text, text.size() + 1);
    KUBERAY_FUZZ_CHECK(decode(text, 1) == whole);
    KUBERAY_FUZZ_CHECK(decode(text, std::size_t(data[0] % 40) + 2) == whole);
    return 0;
}
