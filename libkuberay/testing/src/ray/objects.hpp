#pragma once

#include <kuberay/testing/api_server.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::testing {

namespace json = boost::json;

/// Where an object is.
struct object_name {
    object_name() = default;
    object_name(std::string ns, std::string name);
    explicit object_name(json::object const& object);
    std::string ns, name;
    auto operator<=>(object_name const&) const = default;
};

/// The text at a dotted path; empty when there is none.
std::string text_at(json::object const& object, std::string_view path);
std::int64_t number_at(json::object const& object, std::string_view path, std::int64_t otherwise);
bool flag_at(json::object const& object, std::string_view path);
/// The member as an object, made when it is none.
json::object& part_of(json::object& object, std::string_view name);

/// The pods of a RayCluster that are not being deleted, in the order of their names.
std::vector<json::object> pods_of(api_server const& server, object_name const& cluster);

/// A reference that makes `owner` the controller.
json::object owner_reference_to(json::object const& owner);

/// Five characters; different for every call.
std::string next_suffix();

/// Writes an event about `object`.
void write_event(
    api_server server, json::object const& object, std::string_view type, std::string_view reason,
    std::string const& message, std::string_view component
);

/// Sets a condition; its transition time changes with its status only.
void set_condition(
    json::object& status, std::string_view type, bool is_true, std::string_view reason, std::string_view message,
    std::string const& now
);
void remove_condition(json::object& status, std::string_view type);
bool has_condition(json::object const& status, std::string_view type);

/// Stores the object with this status unless it has it already.
void write_status(api_server server, json::object object, json::object status);

}  // namespace kuberay::testing
