#include <kuberay/base/text.hpp>
#include <kuberay/kube/port_forwarder.hpp>

#include <charconv>
#include <optional>

namespace kuberay::kube {
namespace {

std::optional<std::uint16_t> port_of(std::string_view text)
{
    std::uint16_t port = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

error unusable(std::string_view text, std::string const& why)
{
    error const bad(errc::bad_input, "the ports \"" + printable_line(text) + "\" cannot be used: " + why);
    return bad.with_hint("Write PORT, LOCAL:REMOTE, or :REMOTE for any free local port.");
}

}  // namespace

port_mapping::port_mapping(std::uint16_t local, std::uint16_t remote)
    : local(local)
    , remote(remote)
{
}

result<port_mapping> parse_port_mapping(std::string_view text)
{
    std::size_t const colon = text.find(':');
    std::string_view const far = colon == std::string_view::npos ? text : text.substr(colon + 1);
    auto const remote = port_of(far);
    if (!remote || *remote == 0) return unusable(text, "\"" + printable_line(far) + "\" is no port (1 to 65535)");
    if (colon == std::string_view::npos) return port_mapping(*remote, *remote);
    std::string_view const near = text.substr(0, colon);
    if (near.empty()) return port_mapping(0, *remote);
    auto const local = port_of(near);
    if (!local) return unusable(text, "\"" + printable_line(near) + "\" is no port (0 to 65535)");
    return port_mapping(*local, *remote);
}

}  // namespace kuberay::kube
