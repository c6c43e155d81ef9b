#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/quantity.hpp>
#include <kuberay/base/time.hpp>

#include <cstddef>
#include <cstdint>

using namespace kuberay;

namespace {

void check_quantity(std::string_view text)
{
    auto const parsed = quantity::parse(text);
    if (!parsed) {
        KUBERAY_FUZZ_CHECK(parsed.error().code() == errc::bad_input);
        return;
    }
    auto const canonical = parsed->str();
    auto const again = quantity::parse(canonical);
    KUBERAY_FUZZ_CHECK(again.has_value());
    KUBERAY_FUZZ_CHECK(*again == *parsed);
    KUBERAY_FUZZ_CHECK(again->str() == canonical);
    KUBERAY_FUZZ_CHECK((*parsed - *parsed).is_zero());
    KUBERAY_FUZZ_CHECK(-(-*parsed) == *parsed);
    KUBERAY_FUZZ_CHECK(*parsed + *parsed == *parsed * 2);
}

void check_duration(std::string_view text)
{
    auto const parsed = parse_duration(text);
    if (!parsed) return;
    auto const again = parse_duration(format_duration(*parsed));
    KUBERAY_FUZZ_CHECK(again.has_value());
    KUBERAY_FUZZ_CHECK(*again == *parsed);
}

void check_time(std::string_view text)
{
    auto const parsed = parse_rfc3339(text);
    if (!parsed) return;
    KUBERAY_FUZZ_CHECK(parse_rfc3339(format_rfc3339_nano(*parsed)) == parsed);
}

}  // namespace

// Quantities, durations and times: the canonical text stands for the same amount.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    check_quantity(text);
    check_duration(text);
    check_time(text);
    return 0;
}
