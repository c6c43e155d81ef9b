#include "cli/jsonpath_parts.hpp"

#include <kuberay/base/json.hpp>

#include <algorithm>

namespace cli {
namespace {

using nodes = std::vector<json::value const*>;

nodes follow(path_steps const& steps, json::value const& start, json::value const& root);

void add_children(json::value const& of, nodes& into)
{
    if (json::array const* const array = of.if_array())
        for (json::value const& item : *array)
            into.push_back(&item);
    if (json::object const* const object = of.if_object())
        for (auto const& member : *object)
            into.push_back(&member.value());
}

void add_descendants(json::value const& of, nodes& into)
{
    into.push_back(&of);
    nodes children;
    add_children(of, children);
    for (json::value const* child : children)
        add_descendants(*child, into);
}

void add_field(json::value const& of, std::string_view name, nodes& into)
{
    json::object const* const object = of.if_object();
    json::value const* const member = object ? object->if_contains(name) : nullptr;
    if (member) into.push_back(member);
}

void add_index(json::array const& of, std::int64_t index, nodes& into)
{
    std::int64_t const size = static_cast<std::int64_t>(of.size());
    std::int64_t const at = index < 0 ? index + size : index;
    if (at >= 0 && at < size) into.push_back(&of[static_cast<std::size_t>(at)]);
}

void add_slice(json::array const& of, path_slice const& slice, nodes& into)
{
    std::int64_t const size = static_cast<std::int64_t>(of.size());
    auto const bound = [size](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size); };
    std::int64_t const to = bound(slice.to.value_or(size));
    for (std::int64_t at = bound(slice.from.value_or(0)); at < to;) {
        into.push_back(&of[static_cast<std::size_t>(at)]);
        if (slice.step >= to - at) break;
        at += slice.step;
    }
}

nodes values_of(path_operand const& side, json::value const& at, json::value const& root)
{
    if (!side.is_path) return {&side.constant};
    return follow(*side.path, side.from_root ? root : at, root);
}

bool fits(json::value const& a, json::value const& b, path_comparison wanted)
{
    int order = 0;
    if (a.is_number() && b.is_number()) {
        double const left = a.to_number<double>(), right = b.to_number<double>();
        order = left < right ? -1 : left > right ? 1 : 0;
    } else if (a.is_string() && b.is_string()) {
        order = a.get_string().compare(b.get_string());
    } else {
        bool const same = a == b;
        return wanted == path_comparison::equal ? same : wanted == path_comparison::unequal && !same;
    }
    switch (wanted) {
    case path_comparison::exists: return true;
    case path_comparison::equal: return order == 0;
    case path_comparison::unequal: return order != 0;
    case path_comparison::less: return order < 0;
    case path_comparison::less_equal: return order <= 0;
    case path_comparison::greater: return order > 0;
    case path_comparison::greater_equal: return order >= 0;
    }
    return false;
}

bool passes(path_filter const& filter, json::value const& candidate, json::value const& root)
{
    nodes const left = values_of(filter.left, candidate, root);
    if (filter.comparison == path_comparison::exists) return !left.empty();
    nodes const right = values_of(filter.right, candidate, root);
    if (left.empty() || right.empty()) return false;
    return fits(*left.front(), *right.front(), filter.comparison);
}

void add_step(path_step const& step, json::value const& from, json::value const& root, nodes& into)
{
    json::array const* const array = from.if_array();
    switch (step.what) {
    case path_step::kind::field: return add_field(from, step.name, into);
    case path_step::kind::wildcard: return add_children(from, into);
    case path_step::kind::descend: return add_descendants(from, into);
    case path_step::kind::indexes:
        for (std::int64_t const index : step.indexes)
            if (array) add_index(*array, index, into);
        return;
    case path_step::kind::names:
        for (std::string const& name : step.names)
            add_field(from, name, into);
        return;
    case path_step::kind::slice:
        if (array) add_slice(*array, step.slice, into);
        return;
    case path_step::kind::filter:
        if (!array) return;
        for (json::value const& item : *array)
            if (passes(*step.filter, item, root)) into.push_back(&item);
        return;
    }
}

nodes follow(path_steps const& steps, json::value const& start, json::value const& root)
{
    nodes now{&start};
    for (path_step const& step : steps) {
        nodes next;
        for (json::value const* from : now)
            add_step(step, *from, root, next);
        now = std::move(next);
    }
    return now;
}

void print_parts(
    std::vector<json_path::part> const& parts, json::value const& at, json::value const& root, std::string& into
)
{
    for (json_path::part const& part : parts) {
        if (part.what == json_path::part::kind::text) {
            into += part.text;
            continue;
        }
        nodes const found = follow(part.steps, part.from_root ? root : at, root);
        bool first = true;
        for (json::value const* each : found) {
            if (part.what == json_path::part::kind::range) {
                print_parts(part.body, *each, root, into);
                continue;
            }
            if (!first) into += ' ';
            first = false;
            into += path_text(*each);
        }
    }
}

}  // namespace

std::string json_path::print(json::value const& root) const
{
    std::string text;
    print_parts(*parts_, root, root, text);
    return text;
}

std::vector<json::value const*> json_path::find(json::value const& root) const
{
    for (part const& each : *parts_)
        if (each.what != part::kind::text) return follow(each.steps, root, root);
    return {};
}

std::string path_text(json::value const& value)
{
    if (value.is_string()) return std::string(value.get_string());
    return kuberay::to_json(value);
}

}  // namespace cli
