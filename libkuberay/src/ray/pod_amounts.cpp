#include "ray/pod_amounts.hpp"

#include <kuberay/base/json.hpp>

#include <boost/json/array.hpp>

namespace kuberay::ray {
namespace {

quantity parsed(json::value const* from)
{
    if (!from || (!from->is_string() && !from->is_number())) return quantity();
    std::string const text = from->is_string() ? std::string(from->get_string().c_str()) : to_json(*from);
    auto const read = quantity::parse(text);
    return read ? *read : quantity();
}

json::value const* resource_at(json::value const& container, std::string_view kind, std::string_view name)
{
    // Not `find_path`: names of resources hold dots.
    json::value const* found = find_path(container, kind);
    return found && found->is_object() ? found->get_object().if_contains(name) : nullptr;
}

}  // namespace

quantity amount_of(kube::resource_requirements const& resources, std::string_view name)
{
    std::string const key(name);
    if (auto const found = resources.requests.find(key); found != resources.requests.end()) return found->second;
    auto const limit = resources.limits.find(key);
    return limit == resources.limits.end() ? quantity() : limit->second;
}

quantity amount_of(json::object const& pod_template, std::string_view name)
{
    quantity sum;
    json::value const* spec = pod_template.if_contains("spec");
    json::value const* containers = spec ? find_path(*spec, "containers") : nullptr;
    if (!containers || !containers->is_array()) return sum;
    for (json::value const& container : containers->get_array()) {
        json::value const* amount = resource_at(container, "resources.requests", name);
        if (!amount) amount = resource_at(container, "resources.limits", name);
        sum += parsed(amount);
    }
    return sum;
}

}  // namespace kuberay::ray
