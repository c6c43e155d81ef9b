#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/params.hpp>
#include <kuberay/kube/resource.hpp>
#include <kuberay/kube/table.hpp>
#include <kuberay/kube/watch.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::kube {

/// True when `e` is a Status that says: the object `name` of this resource does not exist.
bool is_absence(error const& e, resource_type const& type, std::string_view name);

template <class T>
struct object_list {
    object_list() = default;
    std::vector<T> items;
    std::string resource_version;
};

/// The untyped verbs under every `api<T>`: resource type, scope, JSON in and out. A handle, cheap to copy.
/// `ns` empty: cluster-wide. Thread safety, cancellation: as `client`.
class api_core {
public:
    api_core(kube::client on, resource_type type, std::string ns);

    kube::client const& client() const noexcept { return client_; }
    resource_type const& type() const noexcept { return type_; }
    std::string const& ns() const noexcept { return ns_; }

    using item_sink = std::function<void(json::value item)>;

    task<json::value> get(std::string name, std::string subresource = std::string()) const;
    /// Calls `each` for every item while the list arrives; returns the list's resource version. One unpaged request;
    /// pages when `limit` is set or after a 504. Where a continue token expired, the rest comes from a second list.
    task<std::string> list_each(list_params params, item_sink each) const;
    task<std::string> list_metadata_each(list_params params, item_sink each) const;
    task<table> list_table(list_params params, table_content content) const;
    task<json::value> create(json::value object, write_params params) const;
    task<json::value> apply(json::value object, apply_params params, std::string subresource = std::string()) const;
    task<json::value>
    patch(std::string name, patch_body body, write_params params, std::string subresource = std::string()) const;
    /// The object as it was (perhaps still terminating), or the server's Status.
    task<json::value> remove(std::string name, remove_params params) const;
    task<json::value> remove_collection(list_params which, remove_params params) const;
    raw_watcher watch(watch_params params) const;

private:
    kube::client client_;
    resource_type type_;
    std::string ns_;
};

/// Reads and writes the objects of one resource, in one namespace or cluster-wide. A handle, cheap to copy.
///
/// Errors of every verb: the server's `reason`s and the transport's errors (see `client::send`); `errc::bad_input` for
/// names that cannot stand in a path; `errc::bad_document` when an answer does not fit `T`.
/// Cancellation: terminal; the connection in use is not reused. Lifetime: a task keeps what it needs.
template <class T>
class api {
public:
    /// Objects of a typed resource in `ns` (empty: the client's default namespace).
    static api in_ns(client on, std::string ns)
        requires resource<T>
    {
        std::string chosen = ns.empty() ? on.default_ns() : std::move(ns);
        return api(api_core(std::move(on), T::type(), std::move(chosen)));
    }

    static api cluster_wide(client on)
        requires resource<T>
    {
        return api(api_core(std::move(on), T::type(), std::string()));
    }

    /// Objects of a resource known at run time; for `object` and `partial_object`.
    static api in_ns(client on, resource_type type, std::string ns)
    {
        std::string chosen = ns.empty() ? on.default_ns() : std::move(ns);
        return api(api_core(std::move(on), std::move(type), std::move(chosen)));
    }

    static api cluster_wide(client on, resource_type type)
    {
        return api(api_core(std::move(on), std::move(type), std::string()));
    }

    explicit api(api_core core)
        : core_(std::move(core))
    {
    }

    api_core const& core() const noexcept { return core_; }

    /// Reads one object. Errors: `reason::not_found` when absent (use `find` when that is normal).
    task<T> get(std::string name) const { return converted(core_.get(std::move(name))); }

    /// Reads one object, or nullopt when a Status says that this object does not exist. A 404 that speaks of anything
    /// else (unknown resource, missing namespace, a proxy) is thrown.
    task<std::optional<T>> find(std::string name) const { return found(core_, std::move(name)); }

    /// Reads all matching objects.
    task<object_list<T>> list(list_params params = list_params()) const { return collected(core_, std::move(params)); }

    /// Calls `each` for every object while the list arrives: memory stays that of one object.
    task<std::string> list_each(list_params params, std::function<void(T)> each) const
    {
        return core_.list_each(std::move(params), [each = std::move(each)](json::value item) {
            each(decode_item<T>(std::move(item)));
        });
    }

    task<T> create(T const& object, write_params params = write_params()) const
    {
        return converted(core_.create(encode_item(object), std::move(params)));
    }

    /// Server-side apply of exactly the fields set in `object`. Errors: `reason::conflict` with one cause per field
    /// that another manager owns (unless `force`).
    task<T> apply(T const& object, apply_params params) const
    {
        return converted(core_.apply(encode_item(object), std::move(params)));
    }

    /// Errors: `reason::invalid` without causes when a `test` operation failed.
    task<T> patch(std::string name, patch_body body, write_params params = write_params()) const
    {
        return converted(core_.patch(std::move(name), std::move(body), std::move(params)));
    }

    task<void> remove(std::string name, remove_params params = remove_params()) const
    {
        return ignored(core_.remove(std::move(name), std::move(params)));
    }

    task<void> remove_collection(list_params which, remove_params params = remove_params()) const
    {
        return ignored(core_.remove_collection(std::move(which), std::move(params)));
    }

    watcher<T> watch(watch_params params = watch_params()) const { return watcher<T>(core_.watch(std::move(params))); }

private:
    static task<T> converted(task<json::value> op)
    {
        json::value document = co_await std::move(op);
        co_return decode_item<T>(std::move(document));
    }

    static task<void> ignored(task<json::value> op) { json::value const document = co_await std::move(op); }

    static task<std::optional<T>> found(api_core core, std::string name)
    {
        task<json::value> reading = core.get(name);
        result<json::value> read = co_await as_result(std::move(reading));
        if (read.has_value()) co_return decode_item<T>(std::move(*read));
        if (is_absence(read.error(), core.type(), name)) co_return std::nullopt;
        throw failure(read.error());
    }

    static task<object_list<T>> collected(api_core core, list_params params)
    {
        object_list<T> all;
        api_core::item_sink const sink = [&all](json::value item) {
            all.items.push_back(decode_item<T>(std::move(item)));
        };
        all.resource_version = co_await core.list_each(std::move(params), sink);
        co_return all;
    }

    api_core core_;
};

}  // namespace kuberay::kube
