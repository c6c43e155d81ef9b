#include "kube/exec_status.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/client.hpp>

#include <boost/json/object.hpp>

#include <charconv>
#include <optional>

namespace kuberay::kube {
namespace {

constexpr std::size_t most_shown = 200;

error unreadable(std::string_view text)
{
    return error(
        errc::protocol_violation, "the server ended the session with a status that cannot be read: \""
                                      + printable_line(text.substr(0, most_shown)) + '"'
    );
}

std::optional<int> exit_code_of(server_status const& status)
{
    for (auto const& cause : status.causes) {
        if (cause.reason != "ExitCode") continue;
        int code = 0;
        char const* const end = cause.message.data() + cause.message.size();
        auto const [stopped, problem] = std::from_chars(cause.message.data(), end, code);
        // A failure with code 0 would look like a success.
        if (problem == std::errc() && stopped == end && code >= 1 && code <= 255) return code;
    }
    return std::nullopt;
}

}  // namespace

result<int> read_exec_status(std::string_view text)
{
    result<json::value> parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return unreadable(text);
    std::string_view const outcome = string_at(*parsed, "status");
    if (outcome == "Success") return 0;
    if (outcome != "Failure") return unreadable(text);
    // Inside a stream the server leaves the kind out.
    parsed->get_object()["kind"] = "Status";
    server_status status = decode_status(0, net::http_fields(), to_json(*parsed), "POST");
    if (status.reason != "NonZeroExitCode") return error(std::move(status), std::string());
    if (std::optional<int> const code = exit_code_of(status)) return *code;
    return unreadable(text);
}

}  // namespace kuberay::kube
