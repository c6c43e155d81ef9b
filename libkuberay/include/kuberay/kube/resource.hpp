#pragma once

#include <kuberay/kube/meta.hpp>

#include <boost/json/value.hpp>

#include <concepts>
#include <string>

namespace kuberay::kube {

enum class scope { namespaced, cluster };

/// What a request needs to know of a kind. A value.
struct resource_type {
    resource_type() = default;
    resource_type(
        std::string group, std::string version, std::string kind, std::string plural,
        kube::scope scope = scope::namespaced
    );

    std::string group;  ///< empty: the core group
    std::string version, kind, plural;
    kube::scope scope = scope::namespaced;

    /// "ray.io/v1", or "v1".
    std::string api_version() const;
    bool operator==(resource_type const&) const = default;
};

/// A type that `api<T>` can hold: it knows its resource and maps itself to and from JSON.
/// Reading ignores unknown keys; a typed value is therefore never written back whole (use apply or patch).
template <class T>
concept resource = requires(T const& object, json::value const& document) {
    { T::type() } -> std::convertible_to<resource_type const&>;
    { T::from_json(document) } -> std::same_as<T>;
    { object.to_json() } -> std::same_as<json::object>;
    { object.metadata } -> std::convertible_to<object_meta const&>;
};

/// Any object, with every field the server sent. `metadata` is a decoded copy of content["metadata"].
struct object {
    object() = default;
    explicit object(json::object content);

    json::object content;
    object_meta metadata;

    std::string kind() const;
    std::string api_version() const;
};

/// PartialObjectMetadata: an object of some resource without its spec and status.
struct partial_object {
    partial_object() = default;
    object_meta metadata;
};

}  // namespace kuberay::kube
