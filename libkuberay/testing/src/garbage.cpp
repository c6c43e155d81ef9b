#include "deletes.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

resource_kind const* kind_of(json::object const& object)
{
    json::value const* api_version = object.if_contains("apiVersion");
    json::value const* kind = object.if_contains("kind");
    if (!api_version || !kind || !api_version->is_string() || !kind->is_string()) return nullptr;
    return find_object_kind(api_version->get_string(), kind->get_string());
}

json::array owners_of(json::object const& object)
{
    json::object const* meta = meta_of(object);
    json::value const* owners = meta ? meta->if_contains("ownerReferences") : nullptr;
    return owners && owners->is_array() ? owners->get_array() : json::array();
}

bool owned_by(json::object const& object, std::string_view uid)
{
    json::array const owners = owners_of(object);
    return std::ranges::any_of(owners, [&](json::value const& owner) { return string_at(owner, "uid") == uid; });
}

bool has_finalizer(json::object const& object, std::string_view name)
{
    json::object const* meta = meta_of(object);
    json::value const* finalizers = meta ? meta->if_contains("finalizers") : nullptr;
    return finalizers && finalizers->is_array()
           && std::ranges::any_of(finalizers->get_array(), [&](json::value const& one) {
                  return one.is_string() && std::string_view(one.get_string()) == name;
              });
}

/// Rewrites the object without a finalizer; it goes when that was the last.
void drop_finalizer(cluster& in, resource_kind const& kind, json::object const& object, std::string_view name)
{
    json::object changed = object;
    json::array left;
    json::array const all = meta_of(changed)["finalizers"].as_array();
    for (json::value const& one : all)
        if (!one.is_string() || std::string_view(one.get_string()) != name) left.push_back(one);
    if (!left.empty()) {
        meta_of(changed)["finalizers"] = std::move(left);
        in.store.write(kind, std::move(changed));
        return;
    }
    in.gone_uids.insert(std::string(meta_text(object, "uid")));
    in.store.erase(kind, meta_text(object, "namespace"), meta_text(object, "name"));
}

void delete_in_background(cluster& in, resource_kind const& kind, object_ptr const& object)
{
    if (!meta_text(*object, "deletionTimestamp").empty()) return;
    delete_order order;
    order.propagation = "Background";
    delete_one(in, kind, object, order);
}

/// Dependents of objects that are gone lose the reference; without any other owner they are deleted.
bool collect_dependents(cluster& in)
{
    if (in.gone_uids.empty()) return false;
    std::set<std::string, std::less<>> const gone = std::exchange(in.gone_uids, {});
    for (object_ptr const& object : in.store.everything()) {
        json::array const owners = owners_of(*object);
        if (owners.empty()) continue;
        bool const all_gone = std::ranges::all_of(owners, [&](json::value const& owner) {
            return gone.contains(string_at(owner, "uid"));
        });
        resource_kind const* kind = kind_of(*object);
        if (all_gone && kind) delete_in_background(in, *kind, object);
    }
    return true;
}

bool settle_foreground(cluster& in, resource_kind const& kind, object_ptr const& object)
{
    bool waiting = false;
    for (object_ptr const& other : in.store.everything()) {
        if (!owned_by(*other, meta_text(*object, "uid"))) continue;
        if (resource_kind const* other_kind = kind_of(*other)) delete_in_background(in, *other_kind, other);
        for (json::value const& owner : owners_of(*other))
            waiting = waiting || bool_at(owner, "blockOwnerDeletion").value_or(false);
    }
    // The dependents that were deleted above may be gone by now: the next round sees it.
    if (waiting) return false;
    drop_finalizer(in, kind, *object, "foregroundDeletion");
    return true;
}

void orphan_dependents(cluster& in, resource_kind const& kind, object_ptr const& object)
{
    for (object_ptr const& other : in.store.everything()) {
        resource_kind const* other_kind = kind_of(*other);
        if (!other_kind || !owned_by(*other, meta_text(*object, "uid"))) continue;
        json::array left;
        for (json::value const& owner : owners_of(*other))
            if (string_at(owner, "uid") != meta_text(*object, "uid")) left.push_back(owner);
        json::object changed = *other;
        if (left.empty())
            meta_of(changed).erase("ownerReferences");
        else
            meta_of(changed)["ownerReferences"] = std::move(left);
        in.store.write(*other_kind, std::move(changed));
    }
    drop_finalizer(in, kind, *object, "orphan");
}

/// Deletes the content of a terminating namespace, and at last itself.
bool settle_namespace(cluster& in, resource_kind const& kind, object_ptr const& ns)
{
    std::string const name(meta_text(*ns, "name"));
    bool empty = true;
    for (object_ptr const& object : in.store.everything()) {
        if (meta_text(*object, "namespace") != name) continue;
        empty = false;
        if (resource_kind const* inner = kind_of(*object)) delete_in_background(in, *inner, object);
    }
    if (empty) in.store.erase(kind, std::string_view(), name);
    return empty;
}

/// One terminating object; true when something changed.
bool settle_terminating(cluster& in, resource_kind const& kind, object_ptr const& object)
{
    if (has_finalizer(*object, "orphan")) {
        orphan_dependents(in, kind, object);
        return true;
    }
    if (has_finalizer(*object, "foregroundDeletion")) return settle_foreground(in, kind, object);
    if (kind.kind == "Namespace") return settle_namespace(in, kind, object);
    json::value const* finalizers = meta_of(*object)->if_contains("finalizers");
    bool const held = finalizers && finalizers->is_array() && !finalizers->get_array().empty();
    if (held || (kind.kind == "Pod" && !in.options.remove_pods)) return false;
    in.gone_uids.insert(std::string(meta_text(*object, "uid")));
    in.store.erase(kind, meta_text(*object, "namespace"), meta_text(*object, "name"));
    return true;
}

}  // namespace

void collect_garbage(cluster& in)
{
    bool changed = true;
    while (changed) {
        std::uint64_t const before = in.store.version();
        changed = collect_dependents(in);
        for (object_ptr const& object : in.store.everything()) {
            if (meta_text(*object, "deletionTimestamp").empty()) continue;
            resource_kind const* kind = kind_of(*object);
            // An earlier step of this round may have changed it.
            if (!kind || in.store.find(*kind, meta_text(*object, "namespace"), meta_text(*object, "name")) != object)
                continue;
            settle_terminating(in, *kind, object);
        }
        changed = changed || in.store.version() != before;
    }
}

}  // namespace kuberay::testing
