#include "fuzz/fuzz_check.hpp"
#include "net/proxy_codec.hpp"

#include <cstddef>
#include <cstdint>

using namespace kuberay;
using namespace kuberay::net;

namespace {

void check_connect(std::string_view bytes)
{
    auto const answer = parse_connect_answer(bytes);
    if (!answer) {
        KUBERAY_FUZZ_CHECK(answer.error().code() == errc::proxy_refused);
        return;
    }
    if (!*answer) return;
    KUBERAY_FUZZ_CHECK((*answer)->status >= 100 && (*answer)->status <= 999);
    KUBERAY_FUZZ_CHECK((*answer)->size <= bytes.size());
    // What comes behind the head changes nothing, and no part of it is enough.
    auto const head = parse_connect_answer(bytes.substr(0, (*answer)->size));
    KUBERAY_FUZZ_CHECK(head.has_value() && head->has_value() && (*head)->status == (*answer)->status);
    auto const less = parse_connect_answer(bytes.substr(0, (*answer)->size - 1));
    KUBERAY_FUZZ_CHECK(less.has_value() && !less->has_value());
}

void check_socks(std::string_view bytes)
{
    auto const choice = socks5::parse_choice(bytes);
    KUBERAY_FUZZ_CHECK(choice.has_value() || choice.error().code() == errc::proxy_refused);
    auto const password = socks5::parse_password_answer(bytes);
    KUBERAY_FUZZ_CHECK(password.has_value() || password.error().code() == errc::proxy_refused);
    auto const rest = socks5::parse_answer_start(bytes.substr(0, socks5::answer_start_size));
    KUBERAY_FUZZ_CHECK(rest.has_value() ? *rest <= 257 : rest.error().code() == errc::proxy_refused);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    check_connect(bytes);
    check_socks(bytes);
    return 0;
}
