#include "openapi.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

std::string root_of(resource_kind const& kind)
{
    return kind.group.empty() ? "api/" + kind.version : "apis/" + kind.group + "/" + kind.version;
}

json::object patch_operation(resource_kind const& kind)
{
    json::object parameter;
    parameter["name"] = "fieldValidation";
    parameter["in"] = "query";
    json::object of;
    of["group"] = kind.group;
    of["version"] = kind.version;
    of["kind"] = kind.kind;
    json::object operation;
    operation["parameters"] = json::array(1, json::value(std::move(parameter)));
    operation["x-kubernetes-action"] = "patch";
    operation["x-kubernetes-group-version-kind"] = std::move(of);
    return operation;
}

json::object document_of(std::string const& root)
{
    json::object paths;
    for (resource_kind const& kind : all_kinds()) {
        if (root_of(kind) != root || kind.review) continue;
        std::string const scope = kind.namespaced ? "/namespaces/{namespace}/" : "/";
        json::object path;
        path["patch"] = patch_operation(kind);
        paths["/" + root + scope + kind.plural + "/{name}"] = std::move(path);
    }
    json::object document;
    document["openapi"] = "3.0.0";
    document["info"] = json::object({{"title", "Kubernetes"}, {"version", "v1.36.3"}});
    document["paths"] = std::move(paths);
    return document;
}

}  // namespace

std::optional<api_answer> describe_openapi(api_request const& request)
{
    constexpr std::string_view prefix = "/openapi/v3";
    if (request.method != "GET" || !request.path.starts_with(prefix)) return std::nullopt;
    std::string_view const rest = std::string_view(request.path).substr(prefix.size());
    if (rest.empty()) {
        json::object paths;
        for (resource_kind const& kind : all_kinds()) {
            std::string const root = root_of(kind);
            paths[root] = json::object({{"serverRelativeURL", std::string(prefix) + "/" + root + "?hash=1"}});
        }
        json::object index;
        index["paths"] = std::move(paths);
        return json_answer(200, index);
    }
    json::object document = document_of(std::string(rest.substr(1)));
    if (document["paths"].as_object().empty()) return std::nullopt;
    return json_answer(200, document);
}

}  // namespace kuberay::testing
