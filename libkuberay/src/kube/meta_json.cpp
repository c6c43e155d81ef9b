#include "kube/meta_json.hpp"

#include <boost/json/string.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

template <class T>
void read_member(json::object const& from, std::string_view key, T& into, detail::field_place const& at)
{
    json::value const* found = from.if_contains(key);
    if (found && !found->is_null()) detail::read_value(*found, into, detail::field_place{&at, key});
}

template <class T>
void write_member(json::object& to, std::string_view key, T const& value)
{
    if (!detail::is_left_out(value)) to[key] = detail::write_value(value);
}

}  // namespace

owner_reference const* object_meta::controller() const noexcept
{
    for (auto const& owner : owner_references)
        if (owner.controller) return &owner;
    return nullptr;
}

void read_scalar(json::value const& from, owner_reference& into, detail::field_place const& at)
{
    json::object const& members = detail::members_of(from, at);
    read_member(members, "apiVersion", into.api_version, at);
    read_member(members, "kind", into.kind, at);
    read_member(members, "name", into.name, at);
    read_member(members, "uid", into.uid, at);
    read_member(members, "controller", into.controller, at);
}

json::value write_scalar(owner_reference const& from)
{
    json::object written;
    write_member(written, "apiVersion", from.api_version);
    write_member(written, "kind", from.kind);
    write_member(written, "name", from.name);
    write_member(written, "uid", from.uid);
    if (from.controller) written["controller"] = true;
    return json::value(std::move(written));
}

void read_scalar(json::value const& from, object_meta& into, detail::field_place const& at)
{
    json::object const& members = detail::members_of(from, at);
    read_member(members, "name", into.name, at);
    read_member(members, "generateName", into.generate_name, at);
    read_member(members, "namespace", into.ns, at);
    read_member(members, "uid", into.uid, at);
    read_member(members, "resourceVersion", into.resource_version, at);
    read_member(members, "generation", into.generation, at);
    read_member(members, "creationTimestamp", into.creation_timestamp, at);
    read_member(members, "deletionTimestamp", into.deletion_timestamp, at);
    read_member(members, "labels", into.labels, at);
    read_member(members, "annotations", into.annotations, at);
    read_member(members, "ownerReferences", into.owner_references, at);
    read_member(members, "finalizers", into.finalizers, at);
}

json::value write_scalar(object_meta const& from)
{
    json::object written;
    write_member(written, "name", from.name);
    write_member(written, "generateName", from.generate_name);
    write_member(written, "namespace", from.ns);
    write_member(written, "uid", from.uid);
    write_member(written, "resourceVersion", from.resource_version);
    if (from.generation != 0) written["generation"] = from.generation;
    write_member(written, "creationTimestamp", from.creation_timestamp);
    write_member(written, "deletionTimestamp", from.deletion_timestamp);
    write_member(written, "labels", from.labels);
    write_member(written, "annotations", from.annotations);
    write_member(written, "ownerReferences", from.owner_references);
    write_member(written, "finalizers", from.finalizers);
    return json::value(std::move(written));
}

object_meta read_meta(json::value const& metadata)
{
    object_meta read;
    if (!metadata.is_null()) read_scalar(metadata, read, detail::field_place{nullptr, "metadata"});
    return read;
}

json::object write_meta(object_meta const& metadata) { return std::move(write_scalar(metadata).get_object()); }

json::object typed_document(resource_type const& type, json::object fields)
{
    json::object document;
    document.reserve(fields.size() + 2);
    document.emplace("apiVersion", type.api_version());
    document.emplace("kind", type.kind);
    for (auto& member : fields)
        document.emplace(member.key(), std::move(member.value()));
    return document;
}

object_meta meta_of(json::value const& document)
{
    auto const* members = document.if_object();
    if (!members) throw failure(errc::bad_document, "expected a Kubernetes object");
    json::value const* metadata = members->if_contains("metadata");
    return metadata ? read_meta(*metadata) : object_meta();
}

}  // namespace kuberay::kube
