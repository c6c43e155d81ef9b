#include "kube/attempt.hpp"

#include <kuberay/base/text.hpp>

#include <utility>
#include <vector>

namespace kuberay::kube {
namespace {

constexpr std::string_view ray_group = "ray.io";
constexpr std::string_view not_in_schema = "field not declared in schema";

std::string singular(resource_type const& type) { return to_lower(type.kind); }

std::string in_quotes(std::string_view text) { return "\"" + printable_line(text) + "\""; }

std::string full_name(resource_type const& type)
{
    return type.group.empty() ? type.plural : type.plural + "." + type.group;
}

// The paths before "field not declared in schema" in the server's sentence; there may be several, one a line.
std::vector<std::string> undeclared_fields(std::string_view message)
{
    std::vector<std::string> fields;
    for (std::size_t at = message.find(not_in_schema); at != std::string_view::npos;
         at = message.find(not_in_schema, at + 1)) {
        std::string_view before = trim(message.substr(0, at));
        if (before.ends_with(':')) before.remove_suffix(1);
        std::size_t const start = before.find_last_of(" \n\t");
        std::string_view field = start == std::string_view::npos ? before : before.substr(start + 1);
        if (field.starts_with('.')) field.remove_prefix(1);
        if (!field.empty()) fields.push_back(printable_line(field));
    }
    return fields;
}

bool is_unknown_resource(server_status const& status) noexcept
{
    return status.http_status == 404 && status.name.empty() && status.kind.empty();
}

// An apply of a field that the CRD does not have is answered with 500, as if the server were broken.
error without_field(error const& e, std::vector<std::string> const& fields, resource_type const& type)
{
    server_status status = *e.status();
    std::string const owner = type.group == ray_group ? "the installed KubeRay CRD" : "the server's " + type.kind;
    status.message = owner + " has no field " + join(fields, ", ");
    return error(std::move(status));
}

}  // namespace

std::string
attempt_on_object(std::string_view verb, resource_type const& type, std::string_view ns, std::string_view name)
{
    bool const in_namespace = type.scope == scope::namespaced && !ns.empty();
    if (name.empty()) {
        std::string attempt = std::string(verb) + " a " + singular(type);
        return in_namespace ? attempt + " in namespace " + in_quotes(ns) : attempt;
    }
    std::string place = in_namespace ? std::string(ns) + "/" : std::string();
    place += name;
    return std::string(verb) + " " + singular(type) + " " + in_quotes(place);
}

std::string attempt_on_collection(std::string_view verb, resource_type const& type, std::string_view ns)
{
    std::string attempt = std::string(verb) + " " + type.plural;
    if (type.scope == scope::cluster) return attempt;
    return ns.empty() ? attempt + " in all namespaces" : attempt + " in namespace " + in_quotes(ns);
}

error explained(error const& e, std::string attempt, resource_type const& type)
{
    if (is_cancellation(e)) return e;
    auto const* status = e.status();
    if (!status) return e.with_context(std::move(attempt));
    auto const fields = undeclared_fields(status->message);
    if (!fields.empty()) return without_field(e, fields, type).with_context(std::move(attempt));
    error told = e.with_context(std::move(attempt));
    if (!is_unknown_resource(*status)) return told;
    std::string hint = "the server does not know " + full_name(type);
    if (type.group == ray_group) hint += ": is KubeRay installed?";
    return told.with_hint(std::move(hint));
}

}  // namespace kuberay::kube
