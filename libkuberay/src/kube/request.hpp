#pragma once

#include <kuberay/kube/params.hpp>
#include <kuberay/kube/resource.hpp>
#include <kuberay/kube/table.hpp>
#include <kuberay/net/http.hpp>

#include <chrono>
#include <string>
#include <string_view>

/// Requests of the Kubernetes API as pure functions: verb and parameters in, HTTP request out. Targets are relative to
/// the server's URL. Everything that cannot be sent is refused here, before a connection is used.
///
/// Errors of all: throw `failure`, `errc::bad_input`, for names, namespaces and subresources that cannot stand in a
/// path, and for a namespaced object without namespace.
/// Source: Kubernetes API concepts; kube-rs `kube-core` request builders.
namespace kuberay::kube {

/// In which form a list's items are wanted.
enum class list_form { objects, metadata, table };

/// Where one object or subresource is. `ns` empty: cluster-wide (an error for one object of a namespaced resource).
struct object_place {
    object_place() = default;
    object_place(resource_type type, std::string ns, std::string name, std::string subresource = std::string());

    resource_type type;
    std::string ns, name, subresource;
};

/// Appends `?key=value` and `&key=value` pairs, percent-encoded.
class query_writer {
public:
    explicit query_writer(std::string path);
    void add(std::string_view key, std::string_view value);
    /// Only when there is a value.
    void add_if(std::string_view key, std::string_view value);
    std::string take() { return std::move(target_); }

private:
    std::string target_;
    bool has_query_ = false;
};

/// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encode(std::string_view text);

/// "/api/v1/namespaces/x/pods", "/apis/ray.io/v1/rayclusters".
std::string collection_path(resource_type const& type, std::string_view ns);

/// The path of one object, with its subresource.
std::string object_path(object_place const& at);

net::http_request get_request(object_place const& at);

/// One page or all. With `continue_token` the resource version is left out, as the server demands.
net::http_request list_request(
    resource_type const& type, std::string_view ns, list_params const& params, list_form form,
    std::string_view continue_token = std::string_view()
);

/// The server's table of a collection, one page or all.
net::http_request table_request(
    resource_type const& type, std::string_view ns, list_params const& params, table_content content,
    std::string_view continue_token = std::string_view()
);

net::http_request watch_request(
    resource_type const& type, std::string_view ns, watch_params const& params, std::string_view resource_version,
    std::chrono::seconds server_limit
);

/// POST of `object`; kind and apiVersion are filled in when absent. An empty `ns` is taken from the object.
net::http_request
create_request(resource_type const& type, std::string_view ns, json::value object, write_params const& params);

/// Server-side apply: PATCH of the object's own URL.
net::http_request apply_request(
    resource_type const& type, std::string_view ns, json::value object, apply_params const& params,
    std::string_view subresource
);

net::http_request patch_request(object_place const& at, patch_body const& body, write_params const& params);

net::http_request remove_request(object_place const& at, remove_params const& params);

net::http_request remove_collection_request(
    resource_type const& type, std::string_view ns, list_params const& which, remove_params const& params
);

}  // namespace kuberay::kube
