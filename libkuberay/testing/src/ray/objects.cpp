#include "objects.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace kuberay::testing {

object_name::object_name(std::string ns, std::string name)
    : ns(std::move(ns))
    , name(std::move(name))
{
}

object_name::object_name(json::object const& object)
    : ns(text_at(object, "metadata.namespace"))
    , name(text_at(object, "metadata.name"))
{
}

namespace {

json::value const* at(json::object const& object, std::string_view path)
{
    std::size_t const dot = path.find('.');
    json::value const* first = object.if_contains(path.substr(0, dot));
    return first && dot != std::string_view::npos ? find_path(*first, path.substr(dot + 1)) : first;
}

}  // namespace

std::string text_at(json::object const& object, std::string_view path)
{
    json::value const* found = at(object, path);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t number_at(json::object const& object, std::string_view path, std::int64_t otherwise)
{
    json::value const* found = at(object, path);
    return found && found->is_int64() ? found->get_int64() : otherwise;
}

bool flag_at(json::object const& object, std::string_view path)
{
    json::value const* found = at(object, path);
    return found && found->is_bool() && found->get_bool();
}

json::object& part_of(json::object& object, std::string_view name)
{
    json::value& part = object[name];
    return part.is_object() ? part.get_object() : part.emplace_object();
}

std::vector<json::object> pods_of(api_server const& server, object_name const& cluster)
{
    std::vector<json::object> found;
    for (json::object& pod : server.all("pods", cluster.ns)) {
        json::value const* labels = at(pod, "metadata.labels");
        if (!labels || !labels->is_object() || at(pod, "metadata.deletionTimestamp")) continue;
        json::value const* of = labels->get_object().if_contains("ray.io/cluster");
        if (of && *of == json::value(cluster.name)) found.push_back(std::move(pod));
    }
    return found;
}

json::object owner_reference_to(json::object const& owner)
{
    json::object reference;
    reference["apiVersion"] = text_at(owner, "apiVersion");
    reference["kind"] = text_at(owner, "kind");
    reference["name"] = text_at(owner, "metadata.name");
    reference["uid"] = text_at(owner, "metadata.uid");
    reference["controller"] = true;
    reference["blockOwnerDeletion"] = true;
    return reference;
}

std::string next_suffix()
{
    static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    static thread_local std::uint64_t state = 0x9e3779b97f4a7c15;
    std::string suffix;
    for (int i = 0; i < 5; ++i) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        suffix += letters[state % letters.size()];
    }
    return suffix;
}

void write_event(
    api_server server, json::object const& object, std::string_view type, std::string_view reason,
    std::string const& message, std::string_view component
)
{
    json::object about;
    for (char const* name : {"apiVersion", "kind"})
        about[name] = text_at(object, name);
    for (char const* name : {"name", "namespace", "uid", "resourceVersion"})
        about[name] = text_at(object, std::string("metadata.") + name);
    std::string const now = format_rfc3339(server.now());
    json::object event;
    event["apiVersion"] = "v1";
    event["kind"] = "Event";
    json::object& meta = part_of(event, "metadata");
    meta["name"] = text_at(object, "metadata.name") + "." + next_suffix() + next_suffix();
    meta["namespace"] = text_at(object, "metadata.namespace");
    event["involvedObject"] = std::move(about);
    event["type"] = type;
    event["reason"] = reason;
    event["message"] = message;
    part_of(event, "source")["component"] = component;
    event["count"] = 1;
    event["firstTimestamp"] = now;
    event["lastTimestamp"] = now;
    server.put(std::move(event));
}

void set_condition(
    json::object& status, std::string_view type, bool is_true, std::string_view reason, std::string_view message,
    std::string const& now
)
{
    json::value& list = status["conditions"];
    if (!list.is_array()) list.emplace_array();
    json::array& all = list.get_array();
    auto const same = std::ranges::find_if(all, [&](json::value const& one) { return string_at(one, "type") == type; });
    json::object made;
    made["type"] = type;
    made["status"] = is_true ? "True" : "False";
    made["reason"] = reason;
    made["message"] = message;
    bool const keeps_time = same != all.end() && string_at(*same, "status") == (is_true ? "True" : "False");
    made["lastTransitionTime"] = keeps_time ? std::string(string_at(*same, "lastTransitionTime")) : now;
    if (same != all.end())
        *same = std::move(made);
    else
        all.push_back(std::move(made));
}

void remove_condition(json::object& status, std::string_view type)
{
    json::value* list = status.if_contains("conditions");
    if (!list || !list->is_array()) return;
    json::array kept;
    for (json::value& one : list->get_array())
        if (string_at(one, "type") != type) kept.push_back(std::move(one));
    *list = std::move(kept);
}

bool has_condition(json::object const& status, std::string_view type)
{
    json::value const* list = status.if_contains("conditions");
    return list && list->is_array() && std::ranges::any_of(list->get_array(), [&](json::value const& one) {
               return string_at(one, "type") == type && string_at(one, "status") == "True";
           });
}

void write_status(api_server server, json::object object, json::object status)
{
    json::value const* before = object.if_contains("status");
    if (before && *before == json::value(status)) return;
    object["status"] = std::move(status);
    server.put(std::move(object));
}

}  // namespace kuberay::testing
