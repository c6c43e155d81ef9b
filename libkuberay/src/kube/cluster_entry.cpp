#include "kube/cluster_entry.hpp"

#include "kube/pem_material.hpp"

#include <kuberay/base/base64.hpp>

#include <boost/json/array.hpp>

namespace kuberay::kube {
namespace {

// The content of the cluster extension that is meant for exec plugins.
json::value exec_extension(entry_reader const& entry)
{
    json::array const* extensions = entry.array("extensions");
    if (!extensions) return nullptr;
    for (auto const& item : *extensions) {
        json::object const* named = item.if_object();
        json::value const* name = named ? named->if_contains("name") : nullptr;
        json::value const* content = named ? named->if_contains("extension") : nullptr;
        if (name && content && name->is_string() && name->get_string() == "client.authentication.k8s.io/exec")
            return *content;
    }
    return nullptr;
}

void read_trust(
    net::tls_options& tls, entry_reader const& entry, load_options const& options,
    process_environment const& environment
)
{
    bool const asks_insecure = options.insecure_skip_tls_verify.value_or(false);
    if (asks_insecure && !options.certificate_authority.empty()) {
        entry.problems().add(
            "--insecure-skip-tls-verify and --certificate-authority exclude each other", "Leave one of them out."
        );
        return;
    }
    // Either flag replaces everything that the entry says about trust (client-go getCluster).
    if (asks_insecure) {
        tls.verify = false;
        return;
    }
    if (!options.certificate_authority.empty()) {
        tls.ca_pem = read_pem_flag(
            "certificate-authority", options.certificate_authority, pem_content::certificates, environment,
            entry.problems()
        );
        return;
    }
    tls.ca_pem = read_pem(entry, "certificate-authority", pem_content::certificates, environment);
    bool const insecure = options.insecure_skip_tls_verify.value_or(entry.flag("insecure-skip-tls-verify"));
    if (insecure && (entry.has("certificate-authority") || entry.has("certificate-authority-data"))) {
        entry.complain(
            "insecure-skip-tls-verify",
            "insecure-skip-tls-verify and a certificate authority are both set; a server that is not verified needs no "
            "certificate authority",
            "Remove one of them."
        );
    }
    tls.verify = !insecure;
}

// A server without scheme is http, or https when anything about TLS is set (client-go DefaultServerURL).
std::string with_scheme(std::string const& server, net::tls_options const& tls, resolved_user const& user)
{
    if (server.find("://") != std::string::npos) return server;
    bool const secure = !tls.ca_pem.empty() || !user.certificate_pem.empty() || !tls.verify;
    return (secure ? "https://" : "http://") + server;
}

std::string server_text(entry_reader const& entry, load_options const& options)
{
    if (!options.server.empty()) return options.server;
    std::string server = entry.text("server");
    if (!server.empty()) return server;
    if (entry.entry()) {
        entry.complain("server", "it names no server", "Set server, or give --server.");
        return std::string();
    }
    return std::string(default_server);
}

void read_server(
    net::connect_options& connect, entry_reader const& entry, load_options const& options, resolved_user const& user
)
{
    std::string const server = server_text(entry, options);
    if (server.empty()) return;
    result<net::url> parsed = net::parse_url(with_scheme(server, connect.tls, user));
    if (!parsed) {
        if (options.server.empty())
            entry.complain("server", "server: " + parsed.error().message());
        else
            entry.problems().add("--server: " + parsed.error().message());
        return;
    }
    if (parsed->scheme != "http" && parsed->scheme != "https") {
        std::string const sentence = "the server's scheme must be http or https, not " + parsed->scheme;
        if (options.server.empty())
            entry.complain("server", sentence);
        else
            entry.problems().add("--server: " + sentence);
        return;
    }
    connect.server = std::move(*parsed);
}

void read_proxy(net::connect_options& connect, entry_reader const& entry)
{
    std::string const proxy = entry.text("proxy-url");
    if (proxy.empty()) return;
    result<net::url> parsed = net::parse_url(proxy);
    if (!parsed)
        entry.complain("proxy-url", "proxy-url: " + parsed.error().message());
    else if (parsed->scheme == "unix")
        entry.complain("proxy-url", "proxy-url must be http, https or socks5");
    else
        connect.proxy = std::move(*parsed);
}

json::object exec_info(resolved_cluster const& cluster, std::string const& proxy, entry_reader const& entry)
{
    json::object info;
    info["server"] = cluster.connect.server.str();
    if (!cluster.connect.tls.server_name.empty()) info["tls-server-name"] = cluster.connect.tls.server_name;
    if (!cluster.connect.tls.verify) info["insecure-skip-tls-verify"] = true;
    if (!cluster.connect.tls.ca_pem.empty())
        info["certificate-authority-data"] = base64_encode(cluster.connect.tls.ca_pem);
    if (!proxy.empty()) info["proxy-url"] = proxy;
    if (cluster.disable_compression) info["disable-compression"] = true;
    info["config"] = exec_extension(entry);
    return info;
}

}  // namespace

resolved_cluster resolve_cluster(
    entry_reader const& entry, load_options const& options, process_environment const& environment,
    resolved_user const& user
)
{
    resolved_cluster cluster;
    net::tls_options& tls = cluster.connect.tls;
    read_trust(tls, entry, options, environment);
    // A server given by hand is not the one that the entry's name belongs to (client-go getCluster).
    tls.server_name = options.tls_server_name.empty() && options.server.empty() ? entry.text("tls-server-name")
                                                                                : options.tls_server_name;
    read_server(cluster.connect, entry, options, user);
    read_proxy(cluster.connect, entry);
    cluster.disable_compression = options.disable_compression || entry.flag("disable-compression");
    if (user.auth.exec && user.auth.exec->provide_cluster_info)
        cluster.exec_info = exec_info(cluster, entry.text("proxy-url"), entry);
    return cluster;
}

}  // namespace kuberay::kube
