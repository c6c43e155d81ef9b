#include "fuzz/fuzz_check.hpp"

#include <kuberay/net/endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace kuberay;
using namespace kuberay::net;

namespace {

void check_url(std::string_view text)
{
    auto const parsed = parse_url(text);
    if (!parsed) {
        KUBERAY_FUZZ_CHECK(parsed.error().code() == errc::bad_config);
        return;
    }
    KUBERAY_FUZZ_CHECK(!parsed->host.empty());
    // A zone or a socket's path may need an escape that the text for people does not have.
    if (parsed->scheme == "unix" || parsed->host.find('%') != std::string::npos) return;
    auto again = parse_url(parsed->str());
    KUBERAY_FUZZ_CHECK(again.has_value());
    again->user_info = parsed->user_info;
    KUBERAY_FUZZ_CHECK(*again == *parsed);
}

// The first line is the server, the rest stands in the variables.
void check_proxy(std::string_view text)
{
    auto const line = text.find('\n');
    auto const server = parse_url(text.substr(0, line));
    if (!server || line == std::string_view::npos) return;
    proxy_environment environment;
    environment.https_proxy = text.substr(line + 1);
    environment.http_proxy = environment.https_proxy;
    environment.no_proxy = environment.https_proxy;
    auto const proxy = proxy_for(*server, environment);
    KUBERAY_FUZZ_CHECK(proxy.has_value() || proxy.error().code() == errc::bad_config);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    check_url(text);
    check_proxy(text);
    std::string const encoded = percent_encode(text);
    KUBERAY_FUZZ_CHECK(encoded.size() >= text.size() && encoded.size() <= 3 * text.size());
    return 0;
}
