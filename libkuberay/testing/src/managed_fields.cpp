#include "managed_fields.hpp"

#include "object_store.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

std::string text_of(json::value const& entry, std::string_view name) { return std::string(string_at(entry, name)); }

json::value without_managers(json::object const& object)
{
    json::object copy = object;
    if (json::value* metadata = copy.if_contains("metadata"); metadata && metadata->is_object())
        metadata->get_object().erase("managedFields");
    return copy;
}

}  // namespace

managed_fields::managed_fields(json::object const& object)
{
    json::object const* metadata = meta_of(object);
    json::value const* all = metadata ? metadata->if_contains("managedFields") : nullptr;
    if (!all || !all->is_array()) return;
    for (json::value const& one : all->get_array()) {
        managed_entry entry;
        entry.writer.manager = text_of(one, "manager");
        entry.writer.operation = text_of(one, "operation");
        entry.writer.api_version = text_of(one, "apiVersion");
        entry.writer.subresource = text_of(one, "subresource");
        entry.writer.time = text_of(one, "time");
        if (json::value const* fields = one.as_object().if_contains("fieldsV1"))
            entry.fields = field_set::read(*fields);
        entries.push_back(std::move(entry));
    }
}

void managed_fields::store_in(json::object& object) const
{
    std::vector<managed_entry> sorted = entries;
    std::ranges::sort(sorted, [](managed_entry const& a, managed_entry const& b) {
        if (a.writer.operation != b.writer.operation) return a.writer.operation < b.writer.operation;
        if (a.writer.time != b.writer.time) return a.writer.time < b.writer.time;
        if (a.writer.manager != b.writer.manager) return a.writer.manager < b.writer.manager;
        return a.writer.subresource < b.writer.subresource;
    });
    json::array all;
    for (managed_entry const& entry : sorted) {
        if (entry.fields.empty()) continue;
        json::object one;
        one["manager"] = entry.writer.manager;
        one["operation"] = entry.writer.operation;
        one["apiVersion"] = entry.writer.api_version;
        one["time"] = entry.writer.time;
        one["fieldsType"] = "FieldsV1";
        one["fieldsV1"] = entry.fields.write();
        if (!entry.writer.subresource.empty()) one["subresource"] = entry.writer.subresource;
        all.push_back(std::move(one));
    }
    if (all.empty())
        meta_of(object).erase("managedFields");
    else
        meta_of(object)["managedFields"] = std::move(all);
}

managed_entry& managed_fields::entry_of(field_writer const& writer)
{
    for (managed_entry& entry : entries)
        if (entry.writer.is_same(writer)) return entry;
    entries.emplace_back();
    entries.back().writer = writer;
    return entries.back();
}

managed_entry const* managed_fields::find(field_writer const& writer) const
{
    for (managed_entry const& entry : entries)
        if (entry.writer.is_same(writer)) return &entry;
    return nullptr;
}

void strip_unmanaged(field_set& fields, bool has_status, bool to_status)
{
    fields.set_member(false);
    fields.drop({"f:apiVersion", "f:kind"});
    if (has_status && !to_status) fields.drop({"f:status"});
    if (to_status) fields.drop({"f:spec"});
    field_set* metadata = fields.below("f:metadata");
    if (!metadata) return;
    metadata->set_member(false);
    metadata->drop(
        {"f:name", "f:namespace", "f:uid", "f:resourceVersion", "f:generation", "f:creationTimestamp",
         "f:deletionTimestamp", "f:deletionGracePeriodSeconds", "f:managedFields", "f:selfLink"}
    );
    if (metadata->empty()) fields.drop({"f:metadata"});
}

void note_update(json::object const* before, json::object& after, field_writer const& writer, bool has_status)
{
    managed_fields managers(before ? *before : after);
    if (!before) managers.entries.clear();
    json::value const from = before ? without_managers(*before) : json::value(json::object());
    json::value const to = without_managers(after);
    field_comparison diff(from, to, true);
    bool const to_status = writer.subresource == "status";
    strip_unmanaged(diff.changed, has_status, to_status);
    strip_unmanaged(diff.removed, has_status, to_status);
    if (!diff.changed.empty() || !diff.removed.empty()) {
        for (managed_entry& entry : managers.entries) {
            if (!entry.writer.is_same(writer)) entry.fields.remove(diff.changed);
            entry.fields.remove(diff.removed);
        }
        if (!diff.changed.empty()) {
            managed_entry& mine = managers.entry_of(writer);
            mine.fields.add(diff.changed);
            mine.writer.time = writer.time;
        }
    }
    managers.store_in(after);
}

}  // namespace kuberay::testing
