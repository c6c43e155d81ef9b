#include "field_set.hpp"

#include "list_keys.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace kuberay::testing {

namespace {

using shape = merge_rule::shape;

std::string path_element(std::string_view key)
{
    std::string_view const content = key.substr(2);
    if (key.starts_with("f:")) return "." + std::string(content);
    if (key.starts_with("v:")) return "[=" + std::string(content) + "]";
    std::string text;
    json::value const keys = json::parse(json::string_view(content.data(), content.size()));
    for (auto const& [name, value] : keys.as_object())
        text += (text.empty() ? "[" : ",") + std::string(name) + "=" + json::serialize(value);
    return text + "]";
}

}  // namespace

std::string item_key(json::object const& item, std::vector<std::string> const& keys)
{
    return "k:" + json::serialize(key_of_item(item, keys));
}

field_set field_set::of(json::value const& value)
{
    field_set made;
    made.collect(value, std::string_view());
    return made;
}

void field_set::collect(json::value const& value, std::string_view field)
{
    merge_rule const rule = rule_of(field, value);
    if (rule.is == shape::keyed_list) {
        for (json::value const& item : value.get_array()) {
            field_set& below = children_[item_key(item.get_object(), rule.keys)];
            below.collect(item, std::string_view());
            below.member_ = true;
        }
    } else if (rule.is == shape::set_list) {
        for (json::value const& item : value.get_array())
            children_["v:" + json::serialize(item)].member_ = true;
    } else if (rule.is == shape::granular && value.is_object() && !value.get_object().empty()) {
        for (auto const& [key, child] : value.get_object()) {
            field_set below;
            below.collect(child, key);
            if (!below.empty()) children_["f:" + std::string(key)] = std::move(below);
        }
    } else {
        member_ = true;
    }
}

field_set field_set::read(json::value const& fields_v1)
{
    field_set made;
    if (!fields_v1.is_object()) return made;
    for (auto const& [key, below] : fields_v1.get_object()) {
        if (key == ".") {
            made.member_ = true;
            continue;
        }
        field_set child = read(below);
        if (child.empty()) child.member_ = true;
        made.children_[std::string(key)] = std::move(child);
    }
    return made;
}

json::object field_set::write() const
{
    json::object made;
    if (member_ && !children_.empty()) made["."].emplace_object();
    for (auto const& [key, child] : children_)
        made[key] = child.write();
    return made;
}

field_set& field_set::add(field_set const& other)
{
    member_ = member_ || other.member_;
    for (auto const& [key, child] : other.children_)
        children_[key].add(child);
    return *this;
}

field_set& field_set::remove(field_set const& other)
{
    if (other.member_) member_ = false;
    for (auto const& [key, child] : other.children_) {
        auto const mine = children_.find(key);
        if (mine == children_.end()) continue;
        if (mine->second.remove(child).empty()) children_.erase(mine);
    }
    return *this;
}

field_set field_set::common(field_set const& other) const
{
    field_set made;
    made.member_ = member_ && other.member_;
    for (auto const& [key, child] : children_) {
        field_set const* theirs = other.below(key);
        if (!theirs) continue;
        field_set both = child.common(*theirs);
        if (!both.empty()) made.children_[key] = std::move(both);
    }
    return made;
}

void field_set::drop(std::vector<std::string> const& keys)
{
    for (std::string const& key : keys)
        children_.erase(key);
}

field_set* field_set::below(std::string const& key)
{
    auto const found = children_.find(key);
    return found == children_.end() ? nullptr : &found->second;
}

field_set const* field_set::below(std::string const& key) const
{
    auto const found = children_.find(key);
    return found == children_.end() ? nullptr : &found->second;
}

std::vector<std::string> field_set::paths() const
{
    std::vector<std::string> all;
    list_paths(std::string(), all);
    return all;
}

void field_set::list_paths(std::string const& prefix, std::vector<std::string>& into) const
{
    if (member_ && !prefix.empty()) into.push_back(prefix);
    for (auto const& [key, child] : children_)
        child.list_paths(prefix + path_element(key), into);
}

void field_set::erase_from(json::value& value) const { erase_from(value, std::string_view()); }

void field_set::erase_from(json::value& value, std::string_view field) const
{
    merge_rule const rule = rule_of(field, value);
    auto const settle = [](field_set const& child, json::value& below, std::string_view name) {
        // True when nothing is left of it.
        if (child.member_ && child.children_.empty()) return true;
        child.erase_from(below, name);
        bool const hollow =
            (below.is_object() && below.get_object().empty()) || (below.is_array() && below.get_array().empty());
        return hollow;
    };
    if (value.is_object()) {
        for (auto const& [key, child] : children_) {
            std::string const name = key.substr(2);
            json::value* below = key.starts_with("f:") ? value.get_object().if_contains(name) : nullptr;
            if (below && settle(child, *below, name)) value.get_object().erase(name);
        }
    } else if (value.is_array()) {
        json::array kept;
        for (json::value& item : value.get_array()) {
            std::string const key =
                rule.is == shape::keyed_list ? item_key(item.get_object(), rule.keys) : "v:" + json::serialize(item);
            field_set const* child = below(key);
            bool const gone = child && (child->member_ || settle(*child, item, std::string_view()));
            if (!gone) kept.push_back(std::move(item));
        }
        value = std::move(kept);
    }
}

field_comparison::field_comparison(json::value const& before, json::value const& after, bool containers)
    : containers_(containers)
{
    compare(&before, &after, std::string_view(), changed, removed);
}

void field_comparison::mark_containers(json::value const& value, std::string_view field, field_set& set) const
{
    merge_rule const rule = rule_of(field, value);
    set.member_ = true;
    if (rule.is == shape::granular && value.is_object())
        for (auto const& [key, child] : value.get_object())
            mark_containers(child, key, set.children_["f:" + std::string(key)]);
    if (rule.is == shape::keyed_list)
        for (json::value const& item : value.get_array())
            mark_containers(item, std::string_view(), set.children_[item_key(item.get_object(), rule.keys)]);
}

void field_comparison::compare(
    json::value const* before, json::value const* after, std::string_view field, field_set& changed_here,
    field_set& removed_here
)
{
    if (before && after && *before == *after) return;
    if (!before) {
        changed_here.collect(*after, field);
        if (containers_) mark_containers(*after, field, changed_here);
        return;
    }
    if (!after) {
        removed_here.collect(*before, field);
        removed_here.member_ = true;
        return;
    }
    auto const descend = [&](std::string const& key, json::value const* old_child, json::value const* new_child,
                             std::string_view name) {
        field_set below_changed;
        field_set below_removed;
        compare(old_child, new_child, name, below_changed, below_removed);
        if (!below_changed.empty()) changed_here.children_[key].add(below_changed);
        if (!below_removed.empty()) removed_here.children_[key].add(below_removed);
    };
    merge_rule const old_rule = rule_of(field, *before);
    merge_rule const new_rule = rule_of(field, *after);
    if (before->is_object() && after->is_object() && new_rule.is == shape::granular) {
        json::object const& from = before->get_object();
        json::object const& to = after->get_object();
        for (auto const& [key, child] : from)
            descend("f:" + std::string(key), &child, to.if_contains(key), key);
        for (auto const& [key, child] : to)
            if (!from.contains(key)) descend("f:" + std::string(key), nullptr, &child, key);
    } else if (old_rule.is == shape::keyed_list && new_rule.is == shape::keyed_list) {
        std::map<std::string, std::pair<json::value const*, json::value const*>> items;
        for (json::value const& item : before->get_array())
            items[item_key(item.get_object(), old_rule.keys)].first = &item;
        for (json::value const& item : after->get_array())
            items[item_key(item.get_object(), new_rule.keys)].second = &item;
        for (auto const& [key, pair] : items)
            descend(key, pair.first, pair.second, std::string_view());
    } else {
        changed_here.collect(*after, field);
        changed_here.member_ = true;
    }
}

}  // namespace kuberay::testing
