#pragma once

#include <kuberay/kube/watch.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kuberay::kube {

/// What a watcher remembers of the objects it has reported, so that a list can be told as changes: which object is new,
/// which is another one of the same name, which is gone. Keeps metadata only, without managed fields. Pure.
class watch_memory {
public:
    /// Turns an object as a list or an event shows it into `added`, `modified`, or (another uid) `deleted` and `added`.
    /// An object at a version already reported is nothing new.
    void see(json::object object, std::deque<raw_event>& into);

    /// An object that a DELETED event shows for the last time.
    void forget(json::object object, std::deque<raw_event>& into);

    /// Between these, `see` is told every object there is; what it did not see is reported as `deleted`.
    void begin_list() noexcept { ++generation_; }
    void end_list(std::deque<raw_event>& into);

private:
    struct entry {
        std::string uid, resource_version;
        std::string last;  // apiVersion, kind and metadata as JSON text: a quarter of the tree's size
        std::size_t seen_in = 0;
    };

    static raw_event vanished(entry const& gone);

    std::unordered_map<std::string, entry> entries_;
    std::size_t generation_ = 0;
};

}  // namespace kuberay::kube
