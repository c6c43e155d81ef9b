#include "ray/patch_operations.hpp"

#include "base/quote.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>

namespace kuberay::ray {

void add_operation(json::array& to, std::string_view op, std::string path, json::value value)
{
    json::object operation;
    operation.emplace("op", op);
    operation.emplace("path", std::move(path));
    operation.emplace("value", std::move(value));
    to.push_back(std::move(operation));
}

void add_removal(json::array& to, std::string path)
{
    json::object operation;
    operation.emplace("op", "remove");
    operation.emplace("path", std::move(path));
    to.push_back(std::move(operation));
}

void guard_generation(json::array& to, json::object const& object)
{
    json::value const* metadata = object.if_contains("metadata");
    json::value const* generation = metadata ? find_path(*metadata, "generation") : nullptr;
    if (generation && generation->is_number()) add_operation(to, "test", "/metadata/generation", *generation);
}

json::array const& groups_of(json::object const& object, std::string_view at) noexcept
{
    static json::array const none;
    std::size_t const dot = at.find('.');
    json::value const* spec = object.if_contains(at.substr(0, dot));
    json::value const* groups = spec ? find_path(*spec, at.substr(dot + 1)) : nullptr;
    return groups && groups->is_array() ? groups->get_array() : none;
}

std::vector<std::string> group_names_of(json::object const& object, std::string_view at)
{
    std::vector<std::string> names;
    for (json::value const& group : groups_of(object, at))
        names.emplace_back(string_at(group, "groupName"));
    return names;
}

std::size_t index_of_group(json::object const& object, std::string const& group, std::string_view at)
{
    std::vector<std::string> const names = group_names_of(object, at);
    auto const found = std::ranges::find(names, group);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string text = who_is(object) + " has no worker group " + kuberay::quoted(group);
    text += names.empty() ? "; it has none at all" : "; it has " + join(names, ", ");
    throw failure(errc::bad_input, std::move(text));
}

std::string pointer_to(std::string_view dotted)
{
    std::string pointer;
    for (std::string const& part : split(dotted, '.'))
        pointer += "/" + part;
    return pointer;
}

std::string who_is(json::object const& object)
{
    json::value const* kind = object.if_contains("kind");
    json::value const* metadata = object.if_contains("metadata");
    std::string who = kind && kind->is_string() ? std::string(kind->get_string().c_str()) : "the object";
    if (metadata) {
        std::string const ns(string_at(*metadata, "namespace"));
        who += " " + (ns.empty() ? ns : ns + "/") + std::string(string_at(*metadata, "name"));
    }
    return who;
}

}  // namespace kuberay::ray
