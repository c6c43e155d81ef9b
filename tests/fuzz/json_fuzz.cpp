#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/json.hpp>

#include <cstddef>
#include <cstdint>

using namespace kuberay;

// What was read is written so that it reads as the same value again.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const value = parse_json(text);
    if (!value) {
        KUBERAY_FUZZ_CHECK(value.error().code() == errc::bad_document);
        return 0;
    }
    // 1.0 is written as 1, and -0.0 as -0, which is the integer 0 when it is read: the second round must be stable.
    auto const settled = parse_json(to_json(*value));
    KUBERAY_FUZZ_CHECK(settled.has_value());
    auto const once = to_json(*settled);
    auto const again = parse_json(once);
    KUBERAY_FUZZ_CHECK(again.has_value());
    KUBERAY_FUZZ_CHECK(to_json(*again) == once);
    auto const pretty = to_pretty_json(*settled);
    auto const from_pretty = parse_json(pretty);
    KUBERAY_FUZZ_CHECK(from_pretty.has_value());
    KUBERAY_FUZZ_CHECK(to_pretty_json(*from_pretty) == pretty);
    return 0;
}
