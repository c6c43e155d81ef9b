#include "object_store.hpp"

#include <boost/json/value.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr std::size_t longest_history = 50'000;

std::string key_of(std::string_view ns, std::string_view name)
{
    std::string key(ns);
    key += '/';
    key += name;
    return key;
}

object_ptr with_version(json::object object, std::uint64_t version)
{
    meta_of(object)["resourceVersion"] = std::to_string(version);
    return std::make_shared<json::object const>(std::move(object));
}

}  // namespace

std::string_view name_of(change_type type) noexcept
{
    switch (type) {
    case change_type::added: return "ADDED";
    case change_type::modified: return "MODIFIED";
    case change_type::deleted: return "DELETED";
    }
    return std::string_view();
}

object_ptr object_store::find(resource_kind const& kind, std::string_view ns, std::string_view name) const
{
    auto const in = collections_.find(kind.resource());
    if (in == collections_.end()) return nullptr;
    auto const at = in->second.find(key_of(kind.namespaced ? ns : std::string_view(), name));
    return at == in->second.end() ? nullptr : at->second;
}

std::vector<object_ptr> object_store::list(resource_kind const& kind, std::string_view ns) const
{
    std::vector<object_ptr> found;
    auto const in = collections_.find(kind.resource());
    if (in == collections_.end()) return found;
    if (ns.empty() || !kind.namespaced) {
        found.reserve(in->second.size());
        for (auto const& [key, object] : in->second)
            found.push_back(object);
        return found;
    }
    std::string const prefix = key_of(ns, std::string_view());
    for (auto at = in->second.lower_bound(prefix); at != in->second.end() && at->first.starts_with(prefix); ++at)
        found.push_back(at->second);
    return found;
}

std::vector<object_ptr> object_store::everything() const
{
    std::vector<object_ptr> found;
    for (auto const& [resource, collection] : collections_)
        for (auto const& [key, object] : collection)
            found.push_back(object);
    return found;
}

object_ptr object_store::write(resource_kind const& kind, json::object object)
{
    object_change change;
    change.version = ++version_;
    change.kind = &kind;
    change.object = with_version(std::move(object), version_);
    object_ptr& slot = collections_[kind.resource()]
                                   [key_of(meta_text(*change.object, "namespace"), meta_text(*change.object, "name"))];
    change.type = slot ? change_type::modified : change_type::added;
    change.before = slot;
    slot = change.object;
    object_ptr stored = change.object;
    record(std::move(change));
    return stored;
}

object_ptr object_store::erase(resource_kind const& kind, std::string_view ns, std::string_view name)
{
    auto const in = collections_.find(kind.resource());
    if (in == collections_.end()) return nullptr;
    auto const at = in->second.find(key_of(kind.namespaced ? ns : std::string_view(), name));
    if (at == in->second.end()) return nullptr;
    object_change change;
    change.version = ++version_;
    change.kind = &kind;
    change.type = change_type::deleted;
    change.before = at->second;
    change.object = with_version(*at->second, version_);
    in->second.erase(at);
    object_ptr gone = change.object;
    record(std::move(change));
    return gone;
}

void object_store::compact()
{
    history_.clear();
    forgotten_ = version_;
}

void object_store::record(object_change change)
{
    if (history_.size() == longest_history) {
        forgotten_ = history_.front().version;
        history_.pop_front();
    }
    history_.push_back(std::move(change));
    // A callback may write again; it gets its own copy.
    if (on_change) on_change(object_change(history_.back()));
}

std::string_view meta_text(json::object const& object, std::string_view name) noexcept
{
    json::object const* meta = meta_of(object);
    json::value const* text = meta ? meta->if_contains(name) : nullptr;
    return text && text->is_string() ? std::string_view(text->get_string()) : std::string_view();
}

json::object& meta_of(json::object& object)
{
    json::value& meta = object["metadata"];
    return meta.is_object() ? meta.get_object() : meta.emplace_object();
}

json::object const* meta_of(json::object const& object) noexcept
{
    json::value const* meta = object.if_contains("metadata");
    return meta ? meta->if_object() : nullptr;
}

}  // namespace kuberay::testing
