#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

namespace json = boost::json;

/// A set of paths in an object, as `managedFields[].fieldsV1` holds it: a tree whose keys are "f:<field>",
/// "k:{<keys of a list item>}" and "v:<item of a set>". A value.
class field_set {
public:
    field_set() = default;

    /// The fields that the value consists of: its leaves, its atomic lists and maps, the items of its keyed lists.
    static field_set of(json::value const& value);

    static field_set read(json::value const& fields_v1);
    json::object write() const;

    bool empty() const noexcept { return !member_ && children_.empty(); }

    field_set& add(field_set const& other);
    field_set& remove(field_set const& other);
    /// The paths that are in both.
    field_set common(field_set const& other) const;
    /// Removes everything below these keys.
    void drop(std::vector<std::string> const& keys);
    /// The part below a key; null when there is none.
    field_set* below(std::string const& key);
    field_set const* below(std::string const& key) const;

    bool is_member() const noexcept { return member_; }

    void set_member(bool member) noexcept { member_ = member; }

    /// Every path as the server prints it: `.spec.containers[name="a"].image`.
    std::vector<std::string> paths() const;

    /// Removes the paths from the value, and containers that become empty by that.
    void erase_from(json::value& value) const;

    bool operator==(field_set const&) const = default;

private:
    friend class field_comparison;

    void collect(json::value const& value, std::string_view field);
    void list_paths(std::string const& prefix, std::vector<std::string>& into) const;
    void erase_from(json::value& value, std::string_view field) const;

    bool member_ = false;
    std::map<std::string, field_set> children_;
};

/// What differs between two states of an object.
class field_comparison {
public:
    /// With `containers`, an object or list that is new is a path of its own (as the server notes for updates).
    field_comparison(json::value const& before, json::value const& after, bool containers = false);

    field_set changed;  ///< added or with another value
    field_set removed;

private:
    void compare(
        json::value const* before, json::value const* after, std::string_view field, field_set& changed,
        field_set& removed
    );
    void mark_containers(json::value const& value, std::string_view field, field_set& set) const;

    bool containers_;
};

/// The key of a list item in a field set: `k:{"name":"a"}`.
std::string item_key(json::object const& item, std::vector<std::string> const& keys);

}  // namespace kuberay::testing
