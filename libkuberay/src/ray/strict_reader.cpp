#include "ray/strict_reader.hpp"

#include "base/quote.hpp"

#include <kuberay/base/text.hpp>

#include <algorithm>
#include <limits>

namespace kuberay::ray {
namespace {

char const* kind_word(json::value const& value)
{
    if (value.is_null()) return "nothing";
    if (value.is_bool()) return "true or false";
    if (value.is_number()) return "a number";
    if (value.is_string()) return "text";
    return value.is_array() ? "a list" : "a map";
}

// Lower-case letters and digits only: `workerGroups`, `worker_groups` and `Worker-Groups` mean the same key.
std::string bare(std::string_view key)
{
    std::string kept;
    for (char const c : to_lower(key))
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) kept += c;
    return kept;
}

std::string suggestion(std::string_view key, std::vector<std::string> const& known)
{
    auto const same = std::ranges::find(known, bare(key), [](std::string const& k) { return bare(k); });
    if (same != known.end()) return "did you mean " + kuberay::quoted(*same) + "?";
    auto const close = nearest(key, known);
    if (!close.empty()) return "did you mean " + kuberay::quoted(close.front()) + "?";
    return "known here: " + join(known, ", ");
}

}  // namespace

std::string key_path_of(json::value const& root, std::string_view pointer)
{
    std::string path;
    json::value const* at = &root;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        std::size_t const end = std::min(pointer.find('/'), pointer.size());
        std::string key(pointer.substr(0, end));
        pointer.remove_prefix(end);
        for (std::size_t i = 0; (i = key.find('~', i)) != std::string::npos; ++i)
            key.replace(i, 2, key.compare(i, 2, "~1") == 0 ? "/" : "~");
        if (at && at->is_array()) {
            path += "[" + key + "]";
            std::size_t const index = std::stoul(key);
            at = index < at->get_array().size() ? &at->get_array()[index] : nullptr;
        } else {
            path += (path.empty() ? "" : ".") + key;
            at = at && at->is_object() ? at->get_object().if_contains(key) : nullptr;
        }
    }
    return path;
}

std::string pointer_of(std::string_view key_path)
{
    std::string pointer = key_path.empty() ? "" : "/";
    for (char const c : key_path) {
        if (c == '.' || c == '[')
            pointer += '/';
        else if (c != ']')
            pointer += c;
    }
    return pointer;
}

json::object const*
strict_reader::members_of(json::value const& from, std::vector<std::string> const& known, std::string const& path)
{
    auto const* members = from.if_object();
    if (!members) {
        wrong_type(from, "a map", path);
        return nullptr;
    }
    for (auto const& member : *members) {
        std::string const key(member.key());
        if (std::ranges::find(known, key) != known.end()) continue;
        std::string const owner = path.empty() ? "" : " in " + key_path_of(document_.value(), path);
        std::string message = "unknown key " + kuberay::quoted(key) + owner + "; " + suggestion(key, known);
        problems_.push_back({document_.key_mark_of(pointer_child(path, key)), std::move(message)});
    }
    return members;
}

json::array const* strict_reader::items_of(json::value const& from, std::string const& path)
{
    auto const* items = from.if_array();
    if (!items) wrong_type(from, "a list", path);
    return items;
}

void strict_reader::wrong_type(json::value const& found, char const* expected, std::string const& path)
{
    std::string place = key_path_of(document_.value(), path);
    if (place.empty()) place = "the document";
    std::string message = found.is_null() ? place + " has no value; expected " + expected
                                          : place + ": expected " + expected + ", not " + kind_word(found);
    // What is not there has no place of its own.
    yaml_mark const at = found.is_null() ? document_.key_mark_of(path) : document_.mark_of(path);
    problems_.push_back({at, std::move(message)});
}

void strict_reader::missing(std::string_view key, std::string const& path)
{
    std::string const place = key_path_of(document_.value(), path);
    problems_.push_back({document_.mark_of(path), place + "." + std::string(key) + " is required"});
}

void strict_reader::read(json::value const& from, std::string& into, std::string const& path)
{
    // A number keeps the text of its source: 1.10 is a version, and 0.5 is not 5e-1.
    if (from.is_string())
        into.assign(from.get_string().data(), from.get_string().size());
    else if (from.is_number() || from.is_bool())
        into = document_.text_of(path);
    else
        wrong_type(from, "text", path);
}

void strict_reader::read(json::value const& from, bool& into, std::string const& path)
{
    if (auto const* b = from.if_bool())
        into = *b;
    else
        wrong_type(from, "true or false", path);
}

void strict_reader::read(json::value const& from, std::int32_t& into, std::string const& path)
{
    using limits = std::numeric_limits<std::int32_t>;
    auto const* number = from.if_int64();
    if (number && *number >= limits::min() && *number <= limits::max())
        into = static_cast<std::int32_t>(*number);
    else if (number || from.is_uint64())
        problems_.push_back(
            {document_.mark_of(path), key_path_of(document_.value(), path) + ": " + std::string(document_.text_of(path))
                                          + " is out of range (at most 2147483647)"}
        );
    else
        wrong_type(from, "a whole number", path);
}

void strict_reader::read(json::value const& from, json::array& into, std::string const& path)
{
    json::array const* items = items_of(from, path);
    if (!items) return;
    for (std::size_t i = 0; i < items->size(); ++i)
        if (!(*items)[i].is_object()) wrong_type((*items)[i], "a map", pointer_child(path, i));
    into = *items;
}

void strict_reader::read(json::value const& from, string_map& into, std::string const& path)
{
    auto const* members = from.if_object();
    if (!members) return wrong_type(from, "a map", path);
    into.clear();
    for (auto const& member : *members) {
        std::string const key(member.key());
        read(member.value(), into[key], pointer_child(path, key));
    }
}

}  // namespace kuberay::ray
