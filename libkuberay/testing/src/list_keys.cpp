#include "list_keys.hpp"

#include <algorithm>
#include <array>

namespace kuberay::testing {

namespace {

template <std::size_t Size>
bool has(std::array<std::string_view, Size> const& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

bool first_item_has(json::array const& list, std::string_view key)
{
    return !list.empty() && list.front().is_object() && list.front().get_object().contains(key);
}

std::vector<std::string> keys_of_list(std::string_view field, json::array const& list)
{
    static constexpr std::array<std::string_view, 9> by_name = {
        "containers",       "initContainers", "ephemeralContainers", "env",    "volumes",
        "imagePullSecrets", "resourceClaims", "schedulingGates",     "claims",
    };
    if (has(by_name, field)) return {"name"};
    if (field == "volumeMounts") return {"mountPath"};
    if (field == "volumeDevices") return {"devicePath"};
    if (field == "hostAliases") return {"ip"};
    if (field == "conditions") return {"type"};
    if (field == "ownerReferences") return {"uid"};
    if (field == "topologySpreadConstraints") return {"topologyKey", "whenUnsatisfiable"};
    if (field == "ports" && first_item_has(list, "containerPort")) return {"containerPort", "protocol"};
    if (field == "ports" && first_item_has(list, "port")) return {"port", "protocol"};
    return {};
}

}  // namespace

merge_rule rule_of(std::string_view field, json::value const& value)
{
    static constexpr std::array<std::string_view, 15> atomic_maps = {
        "nodeSelector",     "selector",     "labelSelector", "namespaceSelector", "configMap",
        "configMapKeyRef",  "configMapRef", "dataSource",    "fieldRef",          "fileKeyRef",
        "resourceFieldRef", "secretKeyRef", "secretRef",     "involvedObject",    "nodePublishSecretRef",
    };
    merge_rule rule;
    if (value.is_array()) {
        rule.is = merge_rule::shape::atomic;
        if (field == "finalizers") {
            rule.is = merge_rule::shape::set_list;
        } else if (rule.keys = keys_of_list(field, value.get_array()); !rule.keys.empty()) {
            bool const all_objects =
                std::ranges::all_of(value.get_array(), [](json::value const& item) { return item.is_object(); });
            rule.is = all_objects ? merge_rule::shape::keyed_list : merge_rule::shape::atomic;
        }
    } else if (value.is_object() && has(atomic_maps, field)) {
        rule.is = merge_rule::shape::atomic;
    }
    return rule;
}

json::object key_of_item(json::object const& item, std::vector<std::string> const& keys)
{
    json::object key;
    for (std::string const& name : keys) {
        if (json::value const* value = item.if_contains(name))
            key[name] = *value;
        else if (name == "protocol")
            key[name] = "TCP";
    }
    return key;
}

}  // namespace kuberay::testing
