#include "fuzz/fuzz_check.hpp"
#include "kube/exec_credential.hpp"
#include "kube/server_warning.hpp"

#include <kuberay/kube/client.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace kuberay;

namespace {

bool is_safe(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20U && c != '\n' && c != '\t') || c == 0x7F;
    });
}

}  // namespace

// The first line is taken as a field's value, the rest as a body.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::size_t const end = std::min(text.find('\n'), text.size());
    net::http_fields fields;
    for (char const* name : {"Retry-After", "Date", "Content-Type", "Warning"})
        fields.add(name, std::string(text.substr(0, end)));
    server_status const status = kube::decode_status(409, fields, text.substr(std::min(end + 1, text.size())), "POST");
    KUBERAY_FUZZ_CHECK(status.message.size() <= 2048);
    KUBERAY_FUZZ_CHECK(is_safe(status.message));
    KUBERAY_FUZZ_CHECK(is_safe(status.reason));
    for (auto const& warning : kube::server_warnings(fields))
        KUBERAY_FUZZ_CHECK(is_safe(warning));
    kube::exec_plugin plugin;
    plugin.api_version = "client.authentication.k8s.io/v1";
    auto const answer = kube::parse_exec_answer(text, plugin);
    KUBERAY_FUZZ_CHECK(answer.has_value() || answer.error().code() == errc::credentials);
    return 0;
}
