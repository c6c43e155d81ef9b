#include "discovery.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

json::array strings(std::vector<std::string> const& texts)
{
    json::array all;
    for (std::string const& text : texts)
        all.push_back(json::value(text));
    return all;
}

json::array verbs_of(resource_kind const& kind)
{
    if (kind.review) return json::array({"create"});
    if (kind.custom)
        return json::array({"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"});
    return json::array({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"});
}

std::vector<std::string> groups()
{
    std::vector<std::string> found;
    for (resource_kind const& kind : all_kinds())
        if (!kind.group.empty() && std::ranges::find(found, kind.group) == found.end()) found.push_back(kind.group);
    return found;
}

json::object group_version(std::string const& group)
{
    json::object version;
    version["groupVersion"] = group + "/v1";
    version["version"] = "v1";
    return version;
}

json::object api_group(std::string const& group)
{
    json::object made;
    made["name"] = group;
    made["versions"] = json::array(1, json::value(group_version(group)));
    made["preferredVersion"] = group_version(group);
    return made;
}

json::object plain_resource(resource_kind const& kind, bool status)
{
    json::object made;
    made["name"] = status ? kind.plural + "/status" : kind.plural;
    made["singularName"] = status ? std::string() : kind.singular;
    made["namespaced"] = kind.namespaced;
    made["kind"] = kind.kind;
    made["verbs"] = status ? json::array({"get", "patch", "update"}) : verbs_of(kind);
    if (!status && !kind.short_names.empty()) made["shortNames"] = strings(kind.short_names);
    if (!status && !kind.categories.empty()) made["categories"] = strings(kind.categories);
    return made;
}

json::object resource_list(std::string const& group)
{
    json::object list;
    list["kind"] = "APIResourceList";
    if (!group.empty()) list["apiVersion"] = "v1";
    list["groupVersion"] = group.empty() ? "v1" : group + "/v1";
    json::array resources;
    for (resource_kind const& kind : all_kinds()) {
        if (kind.group != group) continue;
        resources.push_back(plain_resource(kind, false));
        if (kind.has_status) resources.push_back(plain_resource(kind, true));
    }
    list["resources"] = std::move(resources);
    return list;
}

json::object response_kind(resource_kind const& kind)
{
    json::object made;
    made["group"] = kind.custom ? kind.group : std::string();
    made["version"] = kind.custom ? kind.version : std::string();
    made["kind"] = kind.kind;
    return made;
}

json::object aggregated_resource(resource_kind const& kind)
{
    json::object made;
    made["resource"] = kind.plural;
    made["responseKind"] = response_kind(kind);
    made["scope"] = kind.namespaced ? "Namespaced" : "Cluster";
    made["singularResource"] = kind.singular;
    made["verbs"] = verbs_of(kind);
    if (!kind.short_names.empty()) made["shortNames"] = strings(kind.short_names);
    if (!kind.categories.empty()) made["categories"] = strings(kind.categories);
    if (kind.has_status) {
        json::object status;
        status["subresource"] = "status";
        status["responseKind"] = response_kind(kind);
        status["verbs"] = json::array({"get", "patch", "update"});
        made["subresources"] = json::array(1, json::value(std::move(status)));
    }
    return made;
}

json::object aggregated_group(std::string const& group)
{
    json::array resources;
    for (resource_kind const& kind : all_kinds())
        if (kind.group == group) resources.push_back(aggregated_resource(kind));
    json::object version;
    version["version"] = "v1";
    version["resources"] = std::move(resources);
    version["freshness"] = "Current";
    json::object made;
    made["metadata"].emplace_object();
    if (!group.empty()) made["metadata"].get_object()["name"] = group;
    made["versions"] = json::array(1, json::value(std::move(version)));
    return made;
}

api_answer aggregated(std::vector<std::string> const& of)
{
    json::object list;
    list["kind"] = "APIGroupDiscoveryList";
    list["apiVersion"] = "apidiscovery.k8s.io/v2";
    list["metadata"].emplace_object();
    json::array items;
    for (std::string const& group : of)
        items.push_back(aggregated_group(group));
    list["items"] = std::move(items);
    api_answer answer = json_answer(200, list);
    answer.fields.set("Content-Type", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    return answer;
}

api_answer version_answer()
{
    return json_answer(
        200, json::object(
                 {{"major", "1"},
                  {"minor", "36"},
                  {"gitVersion", "v1.36.3"},
                  {"gitCommit", "simulated"},
                  {"gitTreeState", "clean"},
                  {"buildDate", "2026-01-01T00:00:00Z"},
                  {"goVersion", "go1.26.8"},
                  {"compiler", "gc"},
                  {"platform", "linux/amd64"}}
             )
    );
}

}  // namespace

std::optional<api_answer> discover(api_request const& request)
{
    std::vector<std::string> const& path = request.segments;
    if (path.empty() || request.method != "GET") return std::nullopt;
    bool const wants_aggregated = request.accept.find("as=APIGroupDiscoveryList") != std::string::npos
                                  && request.accept.find("v=v2") != std::string::npos;
    if (path.size() == 1 && path[0] == "version") return version_answer();
    if (path[0] == "readyz" || path[0] == "healthz" || path[0] == "livez") {
        api_answer answer;
        answer.fields.set("Content-Type", "text/plain; charset=utf-8");
        answer.body = "ok";
        return answer;
    }
    if (path[0] == "api") {
        if (path.size() == 2 && path[1] == "v1") return json_answer(200, resource_list(std::string()));
        if (path.size() != 1) return std::nullopt;
        if (wants_aggregated) return aggregated({std::string()});
        json::object versions;
        versions["kind"] = "APIVersions";
        versions["versions"] = json::array({"v1"});
        versions["serverAddressByClientCIDRs"] = json::array();
        return json_answer(200, versions);
    }
    if (path[0] != "apis") return std::nullopt;
    if (path.size() == 1) {
        if (wants_aggregated) return aggregated(groups());
        json::object list;
        list["kind"] = "APIGroupList";
        list["apiVersion"] = "v1";
        json::array all;
        for (std::string const& group : groups())
            all.push_back(api_group(group));
        list["groups"] = std::move(all);
        return json_answer(200, list);
    }
    std::vector<std::string> const known = groups();
    if (std::ranges::find(known, path[1]) == known.end()) return std::nullopt;
    if (path.size() == 2) {
        json::object group = api_group(path[1]);
        group["kind"] = "APIGroup";
        group["apiVersion"] = "v1";
        return json_answer(200, group);
    }
    if (path.size() == 3 && path[2] == "v1") return json_answer(200, resource_list(path[1]));
    return std::nullopt;
}

}  // namespace kuberay::testing
