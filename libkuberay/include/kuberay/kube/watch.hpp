#pragma once

#include <kuberay/base/task.hpp>
#include <kuberay/kube/params.hpp>
#include <kuberay/kube/resource.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace kuberay::kube {

enum class change {
    added,
    modified,
    deleted,
    synced,  ///< no object: everything that existed at the start has been reported
};

template <class T>
struct watch_event {
    watch_event() = default;
    kube::change change{};
    T object;
};

/// The item in JSON as a `T`. Errors: `errc::bad_document`.
template <class T>
T decode_item(json::value item)
{
    return T::from_json(item);
}

template <>
object decode_item<object>(json::value item);
template <>
partial_object decode_item<partial_object>(json::value item);

template <class T>
json::value encode_item(T const& object)
{
    return object.to_json();
}

template <>
json::value encode_item<object>(object const& from);

struct raw_event {
    raw_event() = default;
    kube::change change{};
    json::value object;
};

/// Follows a collection: lists, watches, resumes from the last version (bookmarks count), lists again on 410 in both
/// forms and reports what vanished meanwhile as `deleted`, with backoff from 0.8 to 30 s. Movable.
///
/// Errors of `next`: those that waiting cannot heal (`unauthorized`, `forbidden`, `not_found` of the resource,
/// `bad_request`). Cancellation: terminal; the watcher can be used again.
/// Source: client-go's reflector (reference kubernetes-clients 2.c).
class raw_watcher {
public:
    class implementation;
    explicit raw_watcher(std::shared_ptr<implementation> implementation);

    task<raw_event> next();
    /// Calls back on every reconnect with its cause (to tell a person).
    void on_reconnect(std::function<void(error const& cause)> callback);

private:
    std::shared_ptr<implementation> implementation_;
};

template <class T>
class watcher {
public:
    explicit watcher(raw_watcher raw)
        : raw_(std::move(raw))
    {
    }

    /// The next change. `change::synced` carries no object.
    task<watch_event<T>> next() { return converted(raw_.next()); }

    void on_reconnect(std::function<void(error const& cause)> callback) { raw_.on_reconnect(std::move(callback)); }

private:
    static task<watch_event<T>> converted(task<raw_event> op)
    {
        raw_event raw = co_await std::move(op);
        watch_event<T> event;
        event.change = raw.change;
        if (raw.change != change::synced) event.object = decode_item<T>(std::move(raw.object));
        co_return event;
    }

    raw_watcher raw_;
};

}  // namespace kuberay::kube
