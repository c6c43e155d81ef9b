#include "kube/in_cluster.hpp"

#include "kube/config_problems.hpp"
#include "kube/pem_material.hpp"
#include "kube/user_entry.hpp"

#include <kuberay/base/text.hpp>

namespace kuberay::kube {
namespace {

std::string address_of(std::string const& host, std::string const& port)
{
    bool const is_ipv6 = host.find(':') != std::string::npos;
    return "https://" + (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

std::string mounted(process_environment const& from, char const* name)
{
    result<std::string> const text = from.read(from.service_account / name);
    return text ? std::string(trim(*text)) : std::string();
}

std::string namespace_of(load_options const& options, process_environment const& from)
{
    if (!options.ns.empty()) return options.ns;
    std::string ns = from.text("POD_NAMESPACE");
    if (ns.empty()) ns = mounted(from, "namespace");
    return ns.empty() ? "default" : ns;
}

}  // namespace

std::optional<config> in_cluster_config(load_options const& options, process_environment const& from)
{
    std::string const host = from.text("KUBERNETES_SERVICE_HOST");
    std::string const port = from.text("KUBERNETES_SERVICE_PORT");
    if (host.empty() || port.empty() || mounted(from, "token").empty()) return std::nullopt;
    config made;
    made.in_cluster = true;
    made.ns = namespace_of(options, from);
    config_problems problems;
    result<net::url> server = net::parse_url(address_of(host, port));
    if (server)
        made.connect.server = std::move(*server);
    else
        problems.add("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT: " + server.error().message());
    if (options.certificate_authority.empty()) {
        result<std::string> ca = from.read(from.service_account / "ca.crt");
        if (ca) made.connect.tls.ca_pem = std::move(*ca);  // absent: the system's roots, as client-go
    } else {
        made.connect.tls.ca_pem = read_pem_flag(
            "certificate-authority", options.certificate_authority, pem_content::certificates, from, problems
        );
    }
    if (options.insecure_skip_tls_verify.value_or(false)) {
        made.connect.tls.verify = false;
        made.connect.tls.ca_pem.clear();
    }
    made.connect.tls.server_name = options.tls_server_name;
    made.disable_compression = options.disable_compression;
    made.request_timeout = options.request_timeout.value_or(std::chrono::milliseconds(0));
    if (options.token.empty())
        made.auth.token_file = from.service_account / "token";
    else
        made.auth.token = options.token;
    made.auth.as = options.as;
    problems.throw_if_any();
    return made;
}

}  // namespace kuberay::kube
