#include "merge_patch.hpp"

#include "list_keys.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace kuberay::testing {

namespace {

std::string_view directive_of(json::value const& patch)
{
    json::object const* object = patch.if_object();
    json::value const* directive = object ? object->if_contains("$patch") : nullptr;
    return directive && directive->is_string() ? std::string_view(directive->get_string()) : std::string_view();
}

void merge_list(json::array& into, json::array const& patch, std::vector<std::string> const& keys)
{
    for (json::value const& item : patch) {
        if (!item.is_object()) continue;
        json::object const key = key_of_item(item.get_object(), keys);
        auto const same = std::ranges::find_if(into, [&](json::value const& there) {
            return there.is_object() && key_of_item(there.get_object(), keys) == key;
        });
        if (directive_of(item) == "delete") {
            if (same != into.end()) into.erase(same);
        } else if (same != into.end()) {
            apply_strategic_patch(*same, item);
        } else {
            into.push_back(item);
        }
    }
}

}  // namespace

void apply_merge_patch(json::value& document, json::value const& patch)
{
    if (!patch.is_object()) {
        document = patch;
        return;
    }
    if (!document.is_object()) document.emplace_object();
    for (auto const& [key, value] : patch.get_object()) {
        if (value.is_null())
            document.get_object().erase(key);
        else
            apply_merge_patch(document.get_object()[key], value);
    }
}

void apply_strategic_patch(json::value& document, json::value const& patch)
{
    if (!patch.is_object()) {
        document = patch;
        return;
    }
    if (!document.is_object() || directive_of(patch) == "replace") document.emplace_object();
    json::object& into = document.get_object();
    for (auto const& [key, value] : patch.get_object()) {
        if (key.starts_with("$")) continue;
        if (value.is_null()) {
            into.erase(key);
            continue;
        }
        merge_rule const rule = rule_of(key, value);
        if (rule.is == merge_rule::shape::keyed_list && into[key].is_array())
            merge_list(into[key].get_array(), value.get_array(), rule.keys);
        else if (value.is_array())
            into[key] = value;
        else
            apply_strategic_patch(into[key], value);
    }
}

}  // namespace kuberay::testing
