#include "kube/meta_json.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/kube/resource.hpp>
#include <kuberay/kube/watch.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

std::string text_member(json::object const& content, std::string_view key)
{
    json::value const* found = content.if_contains(key);
    auto const* text = found ? found->if_string() : nullptr;
    return text ? std::string(text->data(), text->size()) : std::string();
}

object_meta metadata_in(json::object const& content)
{
    json::value const* metadata = content.if_contains("metadata");
    return metadata ? read_meta(*metadata) : object_meta();
}

}  // namespace

resource_type::resource_type(
    std::string group, std::string version, std::string kind, std::string plural, kube::scope scope
)
    : group(std::move(group))
    , version(std::move(version))
    , kind(std::move(kind))
    , plural(std::move(plural))
    , scope(scope)
{
}

std::string resource_type::api_version() const { return group.empty() ? version : group + "/" + version; }

object::object(json::object content)
    : content(std::move(content))
    , metadata(metadata_in(this->content))
{
}

std::string object::kind() const { return text_member(content, "kind"); }

std::string object::api_version() const { return text_member(content, "apiVersion"); }

template <>
object decode_item<object>(json::value item)
{
    auto* members = item.if_object();
    if (!members) throw failure(errc::bad_document, "expected a Kubernetes object");
    return object(std::move(*members));
}

template <>
partial_object decode_item<partial_object>(json::value item)
{
    partial_object decoded;
    decoded.metadata = meta_of(item);
    return decoded;
}

template <>
json::value encode_item<object>(object const& from)
{
    return json::value(from.content);
}

}  // namespace kuberay::kube
