#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/yaml.hpp>

#include <cstddef>
#include <cstdint>

using namespace kuberay;

namespace {

// What to_yaml writes is read as the same value, with its keys in the same order.
void check_round_trip(json::value const& value)
{
    yaml_style style;
    style.sort_keys = false;
    auto const text = to_yaml(value, style);
    auto const documents = parse_yaml(text, "written");
    if (value.is_null()) {
        KUBERAY_FUZZ_CHECK(documents.empty());
        return;
    }
    KUBERAY_FUZZ_CHECK(documents.size() == 1);
    KUBERAY_FUZZ_CHECK(to_yaml(documents[0].value(), style) == text);
    KUBERAY_FUZZ_CHECK(to_json(documents[0].value()) == to_json(parse_json(to_json(value)).value()));
    KUBERAY_FUZZ_CHECK(!to_yaml(value).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    try {
        for (auto const& document : parse_yaml(text, "fuzz")) {
            KUBERAY_FUZZ_CHECK(document.where("/a/0").starts_with("fuzz:"));
            check_round_trip(document.value());
        }
    } catch (failure const& f) {
        KUBERAY_FUZZ_CHECK(f.error().code() == errc::bad_document);
        KUBERAY_FUZZ_CHECK(f.error().message().starts_with("fuzz:"));
    }
    return 0;
}
