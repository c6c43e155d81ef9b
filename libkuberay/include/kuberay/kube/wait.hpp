#pragma once

#include <kuberay/kube/api.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace kuberay::kube {

/// One object as a watch of its name sees it: present, or absent.
template <class T>
using predicate = std::function<bool(std::optional<T> const& now)>;

/// Follows one object by name until `done` says so; returns the object (nullopt: it is absent). `done` may throw
/// `failure` to end the wait early (`errc::unsatisfiable`). It sees the present state first, then every change.
///
/// Errors: `errc::timed_out` after `limit` (zero: none); those of `watcher::next`; what `done` throws.
template <class T>
task<std::optional<T>>
wait_until(api<T> on, std::string name, predicate<T> done, std::chrono::steady_clock::duration limit);

namespace detail {

template <class T>
task<std::optional<T>> follow_until(api<T> on, std::string name, predicate<T> done)
{
    watch_params params;
    params.field_selector = "metadata.name=" + name;
    watcher<T> changes = on.watch(std::move(params));
    std::optional<T> now;
    bool synced = false;
    for (;;) {
        watch_event<T> event = co_await changes.next();
        switch (event.change) {
        case change::synced: synced = true; break;
        case change::deleted: now.reset(); break;
        case change::added:
        case change::modified: now = std::move(event.object); break;
        }
        if ((synced || now) && done(now)) co_return now;
    }
}

}  // namespace detail

template <class T>
task<std::optional<T>>
wait_until(api<T> on, std::string name, predicate<T> done, std::chrono::steady_clock::duration limit)
{
    task<std::optional<T>> following = detail::follow_until(std::move(on), std::move(name), std::move(done));
    return with_timeout(limit, std::move(following));
}

}  // namespace kuberay::kube
