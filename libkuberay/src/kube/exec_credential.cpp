#include "kube/exec_credential.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

namespace kuberay::kube {
namespace {

error refused(exec_plugin const& plugin, std::string const& why)
{
    return error(errc::credentials, "the credential plugin \"" + printable_line(plugin.command) + "\" " + why);
}

}  // namespace

std::string exec_info(exec_plugin const& plugin, bool interactive)
{
    json::object spec;
    if (plugin.provide_cluster_info) spec["cluster"] = plugin.cluster_info;
    spec["interactive"] = interactive;
    json::object info;
    info["kind"] = "ExecCredential";
    info["apiVersion"] = plugin.api_version;
    info["spec"] = std::move(spec);
    return to_json(info);
}

result<exec_answer> parse_exec_answer(std::string_view output, exec_plugin const& plugin)
{
    if (trim(output).empty()) return refused(plugin, "wrote nothing");
    result<json::value> const parsed = parse_json(output);
    if (!parsed || !parsed->is_object()) return refused(plugin, "wrote something that is not a JSON object");
    std::string_view const kind = string_at(*parsed, "kind");
    if (kind != "ExecCredential")
        return refused(plugin, "wrote an object of kind \"" + printable_line(kind) + "\", not ExecCredential");
    std::string_view const version = string_at(*parsed, "apiVersion");
    if (version != plugin.api_version) {
        return refused(
            plugin, "answered in the version " + printable_line(version) + ", but was asked for "
                        + printable_line(plugin.api_version)
        );
    }
    json::value const* status = find_path(*parsed, "status");
    if (!status || !status->is_object()) return refused(plugin, "wrote an ExecCredential without status");
    std::string_view const token = string_at(*status, "token");
    auto made = std::make_shared<credential>();
    made->client_certificate_pem = std::string(string_at(*status, "clientCertificateData"));
    made->client_key_pem = std::string(string_at(*status, "clientKeyData"));
    if (made->client_certificate_pem.empty() != made->client_key_pem.empty())
        return refused(plugin, "gave only one of client certificate and client key");
    if (token.empty() && made->client_key_pem.empty())
        return refused(plugin, "gave neither a token nor a client certificate");
    if (token.find_first_of("\r\n") != std::string_view::npos)
        return refused(plugin, "gave a token with a line break in it");
    if (!token.empty()) made->authorization = "Bearer " + std::string(token);
    exec_answer answer;
    answer.made = std::move(made);
    if (std::string_view const expires = string_at(*status, "expirationTimestamp"); !expires.empty()) {
        answer.expires = parse_rfc3339(expires);
        if (!answer.expires) return refused(plugin, "gave an expirationTimestamp that is no RFC 3339 time");
    }
    return answer;
}

result<bool> is_interactive(exec_plugin const& plugin, bool stdin_is_terminal)
{
    if (plugin.interactive_mode == "Never") return false;
    if (plugin.stdin_is_free && stdin_is_terminal) return true;
    if (plugin.interactive_mode != "Always") return false;
    std::string const why =
        plugin.stdin_is_free ? "standard input is not a terminal" : "standard input is used by the command itself";
    return result<bool>(boost::system::in_place_error, refused(plugin, "must ask the user, but " + why));
}

}  // namespace kuberay::kube
