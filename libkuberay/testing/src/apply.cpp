#include "apply.hpp"

#include "list_keys.hpp"
#include "object_store.hpp"
#include "refusal.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace kuberay::testing {

namespace {

using shape = merge_rule::shape;

void merge(json::value& live, json::value const& applied, std::string_view field);

bool has_item(json::array const& list, std::string const& key, std::vector<std::string> const& keys)
{
    return std::ranges::any_of(list, [&](json::value const& item) {
        return item.is_object() && item_key(item.get_object(), keys) == key;
    });
}

/// The order is that of the applied list; items that only live has keep their place among the others.
void merge_keyed(json::array& live, json::array const& applied, std::vector<std::string> const& keys)
{
    json::array merged;
    std::size_t next = 0;
    auto const keep_others = [&] {
        for (; next < live.size(); ++next) {
            if (live[next].is_object() && has_item(applied, item_key(live[next].get_object(), keys), keys)) return;
            merged.push_back(live[next]);
        }
    };
    for (json::value const& item : applied) {
        std::string const key = item_key(item.get_object(), keys);
        auto const same = std::ranges::find_if(live, [&](json::value const& there) {
            return there.is_object() && item_key(there.get_object(), keys) == key;
        });
        if (same == live.end()) {
            merged.push_back(item);
            continue;
        }
        keep_others();
        json::value both = *same;
        merge(both, item, std::string_view());
        merged.push_back(std::move(both));
        if (same == live.begin() + next) ++next;
    }
    for (; next < live.size(); ++next)
        if (!live[next].is_object() || !has_item(applied, item_key(live[next].get_object(), keys), keys))
            merged.push_back(live[next]);
    live = std::move(merged);
}

void merge(json::value& live, json::value const& applied, std::string_view field)
{
    merge_rule const rule = rule_of(field, applied);
    if (rule.is == shape::granular && applied.is_object()) {
        if (!live.is_object()) live.emplace_object();
        for (auto const& [key, value] : applied.get_object())
            merge(live.get_object()[key], value, key);
    } else if (rule.is == shape::keyed_list && live.is_array()) {
        merge_keyed(live.get_array(), applied.get_array(), rule.keys);
    } else if (rule.is == shape::set_list && live.is_array()) {
        for (json::value const& item : applied.get_array())
            if (std::ranges::find(live.get_array(), item) == live.get_array().end()) live.get_array().push_back(item);
    } else {
        live = applied;
    }
}

std::string printed(field_writer const& writer)
{
    std::string text = json::serialize(json::string(writer.manager));
    if (!writer.subresource.empty()) text += " with subresource \"" + writer.subresource + "\"";
    if (writer.operation == "Update") text += " using " + writer.api_version;
    return text;
}

[[noreturn]] void refuse(std::map<std::string, std::vector<std::string>> const& conflicts)
{
    std::vector<refusal_cause> causes;
    for (auto const& [manager, paths] : conflicts)
        for (std::string const& path : paths)
            causes.emplace_back("FieldManagerConflict", "conflict with " + manager, path);
    if (causes.size() == 1)
        throw apply_conflict("Apply failed with 1 conflict: " + causes[0].message + ": " + causes[0].field, causes);
    std::string message = "Apply failed with " + std::to_string(causes.size()) + " conflicts: ";
    bool first = true;
    for (auto const& [manager, paths] : conflicts) {
        message += (first ? "conflicts with " : "\nconflicts with ") + manager + ":";
        first = false;
        for (std::string const& path : paths)
            message += "\n- " + path;
    }
    throw apply_conflict(message, causes);
}

}  // namespace

json::object server_side_apply(
    resource_kind const& kind, json::object const* live, json::object applied, field_writer const& writer, bool force
)
{
    bool const to_status = writer.subresource == "status";
    meta_of(applied).erase("resourceVersion");
    meta_of(applied).erase("uid");
    if (kind.has_status && !to_status) applied.erase("status");
    json::value const wanted = applied;
    field_set fields = field_set::of(wanted);
    strip_unmanaged(fields, kind.has_status, to_status);

    json::value merged = live ? *live : json::object();
    meta_of(merged.get_object()).erase("managedFields");
    json::value const before = merged;
    merge(merged, wanted, std::string_view());
    managed_fields managers(live ? *live : json::object());

    field_comparison const diff(before, merged);
    std::map<std::string, std::vector<std::string>> conflicts;
    for (managed_entry& entry : managers.entries) {
        if (entry.writer.is_same(writer)) continue;
        field_set const lost = entry.fields.common(diff.changed);
        if (lost.empty()) continue;
        if (!force) conflicts[printed(entry.writer)] = lost.paths();
        entry.fields.remove(lost);
    }
    if (!conflicts.empty()) refuse(conflicts);

    managed_entry& mine = managers.entry_of(writer);
    field_set given_up = mine.fields;
    given_up.remove(fields);
    for (managed_entry const& entry : managers.entries)
        if (!entry.writer.is_same(writer)) given_up.remove(entry.fields);
    given_up.erase_from(merged);

    bool const same_fields = mine.fields == fields;
    mine.fields = std::move(fields);
    if (!same_fields || mine.writer.time.empty()) mine.writer.time = writer.time;
    json::object result = std::move(merged.get_object());
    managers.store_in(result);
    return result;
}

}  // namespace kuberay::testing
