#include "cli/jsonpath.hpp"
#include "fuzz/fuzz_check.hpp"

#include <kuberay/base/json.hpp>

#include <cstddef>
#include <cstdint>

using namespace kuberay;

namespace {

json::value const& sample()
{
    static json::value const root =
        parse_json(R"({"a":[{"b":1,"c":"x"},{"b":2,"c":"y"},[],null,true],"d":{"e.f":{"g":-1.5}},"h":"text"})").value();
    return root;
}

}  // namespace

// Any template either is refused with a reason, or gives the same text twice; what it selects lies in the document.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size > 256) return 0;  // nested wildcards multiply
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    result<cli::json_path> const path = cli::json_path::parse(text);
    if (path.has_error()) {
        KUBERAY_FUZZ_CHECK(path.error().code() == errc::bad_input);
        KUBERAY_FUZZ_CHECK(!path.error().message().empty());
        return 0;
    }
    KUBERAY_FUZZ_CHECK(path->print(sample()) == path->print(sample()));
    for (json::value const* found : path->find(sample()))
        KUBERAY_FUZZ_CHECK(found != nullptr);
    return 0;
}
