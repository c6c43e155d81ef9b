#include "cli/global_flags.hpp"

#include "cli/context.hpp"
#include "cli/resource_names.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/base/time.hpp>

#include <algorithm>
#include <charconv>

namespace cli {
namespace {

// kubectl takes "30" as seconds, and everything else as a duration with units.
std::chrono::milliseconds request_limit(std::string const& text)
{
    std::int64_t seconds = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t longest = std::int64_t(100) * 365 * 24 * 3600;
    if (code == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds <= longest)
        return std::chrono::seconds(seconds);
    result<std::chrono::nanoseconds> const parsed = kuberay::parse_duration(text);
    std::string const start = "bad value \"" + kuberay::printable_line(text) + "\" for flag --request-timeout: ";
    if (parsed.has_error()) throw usage_error(start + parsed.error().message());
    if (parsed->count() < 0) throw usage_error(start + "it cannot be negative");
    return std::chrono::ceil<std::chrono::milliseconds>(*parsed);
}

// The last of the names in `a,b`; what is before it stays.
completer context_names(kube::load_options const* options)
{
    return [options](context, completion_query query) {
        std::size_t const comma = query.word.rfind(',');
        std::string const before = comma == std::string::npos ? std::string() : query.word.substr(0, comma + 1);
        candidates found;
        for (std::string const& name : kube::load_names(*options).contexts)
            found.items.emplace_back(before + name);
        return offer(std::move(found));
    };
}

completer config_names(std::vector<std::string> kube::kubeconfig_names::* which, kube::load_options const* options)
{
    return [which, options](context, completion_query) {
        candidates found;
        kube::kubeconfig_names const names = kube::load_names(*options);
        for (std::string const& name : names.*which)
            found.items.emplace_back(name);
        return offer(std::move(found));
    };
}

}  // namespace

void global_flags::declare(flags& on)
{
    on.group(flag_group::connection);
    on.value("as", 0, &load.as.user, "User to act as.");
    on.value("as-group", 0, &load.as.groups, "Group to act as; may be given several times.");
    on.value("as-uid", 0, &load.as.uid, "UID to act as.");
    on.value(
        "as-user-extra", 0, &as_user_extra, "Extra of the user to act as, as key=value; may be given several times."
    );
    on.value("cache-dir", 0, &cache_dir, "Accepted because kubectl has it; nothing is cached on disk.").completes =
        complete_directories();
    on.value(
          "certificate-authority", 0, &load.certificate_authority, "File with the certificates of trusted authorities."
    )
        .completes = complete_files();
    on.value("client-certificate", 0, &load.client_certificate, "File with the client certificate.").completes =
        complete_files();
    on.value("client-key", 0, &load.client_key, "File with the key of the client certificate.").completes =
        complete_files();
    on.value("cluster", 0, &load.cluster, "Cluster entry of the kubeconfig to use (not a Ray cluster).").completes =
        config_names(&kube::kubeconfig_names::clusters, &load);
    on.value("context", 0, &load.context, "Context of the kubeconfig to use.").completes = context_names(&load);
    on.toggle("disable-compression", 0, &load.disable_compression, "Do not ask for compressed answers.");
    flag& insecure = on.value(
        "insecure-skip-tls-verify", 0, &load.insecure_skip_tls_verify, "Do not check the server's certificate. Unsafe."
    );
    insecure.bare = "true";
    on.value("kubeconfig", 0, &load.kubeconfig, "Kubeconfig file; else $KUBECONFIG, else ~/.kube/config.").completes =
        complete_files();
    on.value(
          "namespace", on.find('n') ? char(0) : 'n', &load.ns, "Namespace; else the one of the context, else default."
    )
        .completes = complete_namespaces();
    flag& timeout = on.value("request-timeout", 0, &request_timeout, "Limit of each request (30s, 2m); 0 means none.");
    timeout.default_text.clear();
    on.value("server", on.find('s') ? char(0) : 's', &load.server, "Address of the API server.");
    on.value("tls-server-name", 0, &load.tls_server_name, "Name to look for in the server's certificate.");
    on.value("token", 0, &load.token, "Bearer token.");
    on.value("user", 0, &load.user, "User entry of the kubeconfig to use.").completes =
        config_names(&kube::kubeconfig_names::users, &load);
    on.value("v", on.find('v') ? char(0) : 'v', &verbosity, "Log level: 6 shows requests, 8 headers, 9 bodies.");
    on.group(flag_group::command);
    on.toggle("help", on.find('h') ? char(0) : 'h', &help, "Show this help.");
}

void global_flags::complete()
{
    load.request_timeout = request_limit(request_timeout);
    for (std::string const& pair : as_user_extra) {
        std::size_t const equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            throw usage_error(
                "bad value \"" + kuberay::printable_line(pair)
                + "\" for flag --as-user-extra: it must have the form key=value"
            );
        load.as.extra.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
}

}  // namespace cli
