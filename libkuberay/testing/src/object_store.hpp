#pragma once

#include "resource_kind.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

using object_ptr = std::shared_ptr<json::object const>;

enum class change_type { added, modified, deleted };

std::string_view name_of(change_type type) noexcept;

/// One change of one object. `before` is null for `added`; for `deleted`, `object` is the last state with the version
/// of the deletion.
struct object_change {
    object_change() = default;
    std::uint64_t version = 0;
    change_type type{};
    resource_kind const* kind = nullptr;
    object_ptr object, before;
};

/// The objects of the cluster and their history, as etcd keeps them: one counter of versions for all. Objects are
/// immutable; a change stores another one.
class object_store {
public:
    /// Null when absent.
    object_ptr find(resource_kind const& kind, std::string_view ns, std::string_view name) const;

    /// In the order of namespace and name; `ns` empty: all.
    std::vector<object_ptr> list(resource_kind const& kind, std::string_view ns) const;
    std::vector<object_ptr> everything() const;

    /// Stores the object under its own namespace and name, with the next version in its metadata.
    object_ptr write(resource_kind const& kind, json::object object);
    /// Null when it was absent.
    object_ptr erase(resource_kind const& kind, std::string_view ns, std::string_view name);

    std::uint64_t version() const noexcept { return version_; }

    /// Changes after `version` are all known.
    bool remembers(std::uint64_t version) const noexcept { return version >= forgotten_; }

    std::deque<object_change> const& history() const noexcept { return history_; }

    /// Forgets the history.
    void compact();

    /// Called after every change.
    std::function<void(object_change const&)> on_change;

private:
    using collection = std::map<std::string, object_ptr, std::less<>>;

    void record(object_change change);

    std::map<std::string, collection, std::less<>> collections_;
    std::deque<object_change> history_;
    std::uint64_t version_ = 200;
    std::uint64_t forgotten_ = 200;
};

/// The string in `metadata`, or an empty text.
std::string_view meta_text(json::object const& object, std::string_view name) noexcept;

/// The object `metadata`, made when missing.
json::object& meta_of(json::object& object);
json::object const* meta_of(json::object const& object) noexcept;

}  // namespace kuberay::testing
