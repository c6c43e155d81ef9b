#include "kube/discovery_document.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::kube {
namespace {

json::array const& list_at(json::value const& from, std::string_view path)
{
    static json::array const none;
    json::value const* found = find_path(from, path);
    auto const* items = found ? found->if_array() : nullptr;
    return items ? *items : none;
}

std::vector<std::string> texts_at(json::value const& from, std::string_view path)
{
    std::vector<std::string> texts;
    for (auto const& item : list_at(from, path))
        if (auto const* text = item.if_string()) texts.emplace_back(text->data(), text->size());
    return texts;
}

struct group_version {
    std::string group, version;
};

group_version split_group_version(std::string_view text)
{
    group_version made;
    std::size_t const slash = text.find('/');
    if (slash != std::string_view::npos) made.group = text.substr(0, slash);
    made.version = slash == std::string_view::npos ? text : text.substr(slash + 1);
    return made;
}

void add_group(json::value const& group, std::vector<std::string>& into)
{
    std::string const preferred(string_at(group, "preferredVersion.groupVersion"));
    if (!preferred.empty()) into.push_back(preferred);
    for (auto const& version : list_at(group, "versions")) {
        std::string name(string_at(version, "groupVersion"));
        if (!name.empty() && name != preferred) into.push_back(std::move(name));
    }
}

std::string full_name(resource_type const& type)
{
    return type.group.empty() ? type.plural : type.plural + "." + type.group;
}

}  // namespace

std::vector<served_resource> read_resource_list(json::value const& document)
{
    group_version const of_list = split_group_version(string_at(document, "groupVersion"));
    std::vector<served_resource> all;
    for (auto const& entry : list_at(document, "resources")) {
        std::string plural(string_at(entry, "name"));
        if (plural.empty() || plural.find('/') != std::string::npos) continue;
        served_resource resource;
        resource.type = resource_type(
            of_list.group, of_list.version, std::string(string_at(entry, "kind")), std::move(plural),
            bool_at(entry, "namespaced").value_or(true) ? scope::namespaced : scope::cluster
        );
        resource.singular = string_at(entry, "singularName");
        resource.short_names = texts_at(entry, "shortNames");
        all.push_back(std::move(resource));
    }
    return all;
}

std::optional<std::vector<served_resource>> read_aggregated(json::value const& document)
{
    if (string_at(document, "kind") != "APIGroupDiscoveryList") return std::nullopt;
    std::vector<served_resource> all;
    for (auto const& group : list_at(document, "items")) {
        std::string const group_name(string_at(group, "metadata.name"));
        for (auto const& version : list_at(group, "versions")) {
            std::string const version_name(string_at(version, "version"));
            for (auto const& entry : list_at(version, "resources")) {
                served_resource resource;
                resource.type = resource_type(
                    group_name, version_name, std::string(string_at(entry, "responseKind.kind")),
                    std::string(string_at(entry, "resource")),
                    string_at(entry, "scope") == "Cluster" ? scope::cluster : scope::namespaced
                );
                resource.singular = string_at(entry, "singularResource");
                resource.short_names = texts_at(entry, "shortNames");
                all.push_back(std::move(resource));
            }
        }
    }
    return all;
}

std::vector<std::string> read_group_versions(json::value const& document)
{
    std::vector<std::string> all;
    if (string_at(document, "kind") != "APIGroupList") {
        add_group(document, all);
        return all;
    }
    for (auto const& group : list_at(document, "groups"))
        add_group(group, all);
    return all;
}

int match_quality(served_resource const& resource, std::string_view name)
{
    std::string const wanted = to_lower(name);
    if (wanted == resource.type.plural) return 4;
    if (!resource.singular.empty() && wanted == resource.singular) return 3;
    auto const& shorts = resource.short_names;
    if (std::find(shorts.begin(), shorts.end(), wanted) != shorts.end()) return 2;
    return wanted == to_lower(resource.type.kind) ? 1 : 0;
}

std::optional<resource_type> best_match(std::vector<served_resource> const& all, std::string_view name)
{
    int best = 0;
    std::vector<resource_type const*> fitting;  // one a group
    for (auto const& resource : all) {
        int const quality = match_quality(resource, name);
        if (quality == 0 || quality < best) continue;
        if (quality > best) fitting.clear();
        best = quality;
        bool const has_group = std::any_of(fitting.begin(), fitting.end(), [&](resource_type const* other) {
            return other->group == resource.type.group;
        });
        if (!has_group) fitting.push_back(&resource.type);
    }
    if (fitting.empty()) return std::nullopt;
    for (auto const* type : fitting)
        if (type->group.empty()) return *type;
    if (fitting.size() == 1) return *fitting.front();
    std::vector<std::string> names;
    for (auto const* type : fitting)
        names.push_back(full_name(*type));
    throw failure(
        errc::bad_input, "\"" + printable_line(name) + "\" may be any of " + join(names, ", ") + ": name the group too"
    );
}

}  // namespace kuberay::kube
