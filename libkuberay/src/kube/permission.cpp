#include "kube/permission.hpp"

#include <kuberay/base/text.hpp>

#include <vector>

namespace kuberay::kube {
namespace {

std::string verb_of(std::string_view method, bool has_name, bool watches)
{
    if (method == "POST") return "create";
    if (method == "PUT") return "update";
    if (method == "PATCH") return "patch";
    if (method == "DELETE") return has_name ? "delete" : "deletecollection";
    if (watches) return "watch";
    return has_name ? "get" : "list";
}

bool asks_to_watch(std::string_view query)
{
    for (auto const& part : split(query, '&'))
        if (part == "watch=true" || part == "watch=1") return true;
    return false;
}

}  // namespace

permission permission_of(std::string_view method, std::string_view target)
{
    std::size_t const query = target.find('?');
    std::string_view path = target.substr(0, query);
    if (path.starts_with('/')) path.remove_prefix(1);
    std::vector<std::string> const parts = split(path, '/');
    permission needed;
    std::size_t at = 0;
    if (parts.size() > 2 && parts[0] == "api") {
        at = 2;
    } else if (parts.size() > 3 && parts[0] == "apis") {
        needed.group = parts[1];
        at = 3;
    } else {
        return needed;
    }
    if (parts[at] == "namespaces" && at + 2 < parts.size()) {
        needed.ns = parts[at + 1];
        at += 2;
    }
    needed.resource = parts[at];
    if (at + 1 < parts.size()) needed.name = parts[at + 1];
    if (at + 2 < parts.size()) needed.resource += "/" + parts[at + 2];
    needed.verb = verb_of(
        method, !needed.name.empty(), query != std::string_view::npos && asks_to_watch(target.substr(query + 1))
    );
    return needed;
}

std::string hint_of_permission(permission const& needed)
{
    if (needed.resource.empty()) return std::string();
    std::string const verb = printable_line(needed.verb);
    std::string what = needed.resource;
    std::string sub;
    if (std::size_t const slash = what.find('/'); slash != std::string::npos) {
        sub = " --subresource=" + what.substr(slash + 1);
        what.resize(slash);
    }
    if (!needed.group.empty()) what += "." + needed.group;
    std::string const scope = needed.ns.empty() ? std::string() : " -n " + needed.ns;
    std::string const place = needed.ns.empty() ? " in all namespaces" : " in namespace " + needed.ns;
    return printable_line(
        "A role must allow \"" + verb + "\" on \"" + needed.resource + "\""
        + (needed.group.empty() ? std::string() : " of the API group " + needed.group) + place
        + "; check with: kubectl auth can-i " + verb + " " + what + sub + scope
    );
}

}  // namespace kuberay::kube
