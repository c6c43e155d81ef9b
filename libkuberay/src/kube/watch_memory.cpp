#include "kube/watch_memory.hpp"

#include <kuberay/base/json.hpp>

#include <array>
#include <utility>

namespace kuberay::kube {
namespace {

std::string_view text_at(json::object const* members, std::string_view key) noexcept
{
    json::value const* found = members ? members->if_contains(key) : nullptr;
    auto const* text = found ? found->if_string() : nullptr;
    return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

json::object const* metadata_of(json::object const& object) noexcept
{
    json::value const* metadata = object.if_contains("metadata");
    return metadata ? metadata->if_object() : nullptr;
}

std::string key_of(json::object const* metadata)
{
    std::string key(text_at(metadata, "namespace"));
    key += '/';
    key += text_at(metadata, "name");
    return key;
}

// The object without what only the living one has.
std::string remains_of(json::object const& object, json::object const* metadata)
{
    json::object kept;
    for (std::string_view const key : std::array<std::string_view, 2>{"apiVersion", "kind"})
        if (auto const* value = object.if_contains(key)) kept.emplace(key, *value);
    json::object meta;
    if (metadata)
        for (auto const& member : *metadata)
            if (member.key() != "managedFields") meta.emplace(member.key(), member.value());
    kept.emplace("metadata", std::move(meta));
    return to_json(json::value(std::move(kept)));
}

raw_event make_event(change what, json::object object)
{
    raw_event event;
    event.change = what;
    event.object = std::move(object);
    return event;
}

}  // namespace

void watch_memory::see(json::object object, std::deque<raw_event>& into)
{
    json::object const* metadata = metadata_of(object);
    auto const [at, is_new] = entries_.try_emplace(key_of(metadata));
    entry& known = at->second;
    known.seen_in = generation_;
    std::string_view const uid = text_at(metadata, "uid");
    std::string_view const version = text_at(metadata, "resourceVersion");
    change what = change::added;
    if (!is_new && known.uid == uid) {
        if (known.resource_version == version) return;
        what = change::modified;
    } else if (!is_new) {
        into.push_back(vanished(known));
    }
    known.uid = uid;
    known.resource_version = version;
    known.last = remains_of(object, metadata);
    into.push_back(make_event(what, std::move(object)));
}

void watch_memory::forget(json::object object, std::deque<raw_event>& into)
{
    entries_.erase(key_of(metadata_of(object)));
    into.push_back(make_event(change::deleted, std::move(object)));
}

void watch_memory::end_list(std::deque<raw_event>& into)
{
    for (auto at = entries_.begin(); at != entries_.end();) {
        if (at->second.seen_in == generation_) {
            ++at;
            continue;
        }
        into.push_back(vanished(at->second));
        at = entries_.erase(at);
    }
}

raw_event watch_memory::vanished(entry const& gone)
{
    auto parsed = parse_json(gone.last);
    return make_event(change::deleted, std::move(parsed.value().as_object()));
}

}  // namespace kuberay::kube
