#include "kubeconfig_text.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

json::array one_named(char const* name, char const* member, json::object content)
{
    json::object entry;
    entry["name"] = name;
    entry[member] = std::move(content);
    return json::array(1, json::value(std::move(entry)));
}

}  // namespace

std::string kubeconfig_text(kubeconfig_content const& of)
{
    json::object server;
    server["server"] = of.url;
    if (!of.ca_pem.empty()) server["certificate-authority-data"] = base64_encode(of.ca_pem);
    json::object user;
    if (!of.token.empty()) user["token"] = of.token;
    if (!of.client_certificate_pem.empty()) {
        user["client-certificate-data"] = base64_encode(of.client_certificate_pem);
        user["client-key-data"] = base64_encode(of.client_key_pem);
    }
    json::object context;
    context["cluster"] = "simulator";
    context["user"] = "simulator";
    context["namespace"] = "default";
    json::object file;
    file["apiVersion"] = "v1";
    file["kind"] = "Config";
    file["current-context"] = "simulator";
    file["clusters"] = one_named("simulator", "cluster", std::move(server));
    file["users"] = one_named("simulator", "user", std::move(user));
    file["contexts"] = one_named("simulator", "context", std::move(context));
    return to_yaml(file);
}

}  // namespace kuberay::testing
