#include "kube/user_entry.hpp"

#include "kube/exec_entry.hpp"
#include "kube/pem_material.hpp"

#include <kuberay/base/text.hpp>

#include <boost/json/array.hpp>

namespace kuberay::kube {
namespace {

void read_strings(
    entry_reader const& from, std::string const& key, json::array const& list, std::vector<std::string>& into
)
{
    for (auto const& item : list) {
        json::string const* text = item.if_string();
        if (text)
            into.emplace_back(text->data(), text->size());
        else
            from.complain(key, key + " must be a list of strings");
    }
}

impersonation read_impersonation(entry_reader const& entry)
{
    impersonation as;
    as.user = entry.text("as");
    as.uid = entry.text("as-uid");
    if (json::array const* groups = entry.array("as-groups")) read_strings(entry, "as-groups", *groups, as.groups);
    json::object const* extra = entry.object("as-user-extra");
    if (!extra) return as;
    for (auto const& [key, value] : *extra) {
        std::vector<std::string> values;
        if (value.is_array())
            read_strings(entry, "as-user-extra", value.get_array(), values);
        else
            entry.complain("as-user-extra", "as-user-extra must map each key to a list of strings");
        for (auto& one : values)
            as.extra.emplace_back(std::string(key), std::move(one));
    }
    return as;
}

std::string replacement_for(std::string const& provider)
{
    if (provider == "gcp")
        return "Install gke-gcloud-auth-plugin and renew the entry: gcloud container clusters get-credentials NAME.";
    if (provider == "azure") return "Install kubelogin and renew the entry: kubelogin convert-kubeconfig.";
    if (provider == "oidc")
        return "Install the plugin kubelogin (kubectl oidc-login) and use it as exec plugin in the entry.";
    return "Use an exec credential plugin in the entry.";
}

void check_auth_provider(entry_reader const& entry, bool has_exec)
{
    if (!entry.has("auth-provider")) return;
    std::string const name = entry.inner("auth-provider").text("name");
    if (has_exec)
        entry.complain("auth-provider", "exec and auth-provider are both set", "Remove auth-provider.");
    else
        entry.complain(
            "auth-provider", "the auth-provider \"" + printable_line(name) + "\" is not supported",
            replacement_for(name)
        );
}

void read_certificate(
    resolved_user& user, entry_reader const& entry, load_options const& options, process_environment const& environment
)
{
    config_problems& problems = entry.problems();
    // A flag replaces both forms of its own half (client-go getAuthInfo).
    bool const has_certificate =
        !options.client_certificate.empty() || entry.has("client-certificate") || entry.has("client-certificate-data");
    bool const has_key = !options.client_key.empty() || entry.has("client-key") || entry.has("client-key-data");
    if (options.client_certificate.empty())
        user.certificate_pem = read_pem(entry, "client-certificate", pem_content::certificates, environment);
    else
        user.certificate_pem = read_pem_flag(
            "client-certificate", options.client_certificate, pem_content::certificates, environment, problems
        );
    if (options.client_key.empty())
        user.key_pem = read_pem(entry, "client-key", pem_content::private_key, environment);
    else
        user.key_pem = read_pem_flag("client-key", options.client_key, pem_content::private_key, environment, problems);
    if (has_certificate && !has_key) {
        if (entry.exists() && options.client_certificate.empty())
            entry.complain("", "a client certificate without a client key");
        else
            problems.add("--client-certificate is set without a key", "Add --client-key.");
    }
    // A key alone is not used, as in client-go.
    if (!has_certificate) user.key_pem.clear();
}

void read_token(
    resolved_user& user, entry_reader const& entry, load_options const& options, process_environment const& environment
)
{
    if (!options.token.empty()) {
        user.auth.token = std::string(trim(options.token));
        return;
    }
    user.auth.token = std::string(trim(entry.text("token")));
    user.auth.token_file = entry.path("tokenFile");
    user.auth.username = entry.text("username");
    user.auth.password = entry.text("password");
    bool const has_token = !user.auth.token.empty() || !user.auth.token_file.empty();
    bool const has_basic = !user.auth.username.empty() || !user.auth.password.empty();
    if (has_token && has_basic) {
        entry.complain(
            "", "it has a token and also a user name with password; only one way to authenticate is allowed",
            "Remove one of them."
        );
    }
    if (user.auth.token.empty() && !user.auth.token_file.empty()) {
        result<std::string> const text = environment.read(user.auth.token_file);
        if (!text) {
            entry.complain(
                "tokenFile",
                "tokenFile " + user.auth.token_file.string() + " cannot be read: " + text.error().code().message()
            );
        } else if (trim(*text).empty()) {
            entry.complain("tokenFile", "tokenFile " + user.auth.token_file.string() + " is empty");
        }
    }
}

}  // namespace

impersonation merge_impersonation(impersonation entry, impersonation const& options)
{
    if (!options.user.empty()) entry.user = options.user;
    if (!options.uid.empty()) entry.uid = options.uid;
    if (!options.groups.empty()) entry.groups = options.groups;
    if (!options.extra.empty()) entry.extra = options.extra;
    return entry;
}

resolved_user
resolve_user(entry_reader const& entry, load_options const& options, process_environment const& environment)
{
    resolved_user user;
    read_token(user, entry, options, environment);
    read_certificate(user, entry, options, environment);
    user.auth.as = merge_impersonation(read_impersonation(entry), options.as);
    auto const& as = user.auth.as;
    if (as.user.empty() && (!as.uid.empty() || !as.groups.empty() || !as.extra.empty())) {
        entry.complain(
            "", "a uid, groups or extra values to act with are set, but no user to act as", "Add the user: --as NAME."
        );
    }
    std::optional<exec_plugin> exec = read_exec(entry);
    if (options.token.empty()) check_auth_provider(entry, exec.has_value());
    bool const identified = !user.auth.token.empty() || !user.auth.token_file.empty() || !user.auth.username.empty()
                            || !user.auth.password.empty() || !user.certificate_pem.empty();
    if (exec && !identified) {
        exec->stdin_is_free = options.stdin_is_free;
        user.auth.exec = std::move(exec);
    }
    return user;
}

}  // namespace kuberay::kube
