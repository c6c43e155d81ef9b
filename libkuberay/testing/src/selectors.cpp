#include "selectors.hpp"

#include "refusal.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace kuberay::testing {

namespace {

/// The parts between commas that are outside of parentheses.
std::vector<std::string> parts_of(std::string_view text)
{
    std::vector<std::string> parts(1);
    int depth = 0;
    for (char const c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth == 0)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::string scalar_text(json::value const& value)
{
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    return value.is_null() ? std::string() : to_json(value);
}

bool is_selectable(std::string_view path, resource_kind const& kind)
{
    if (path == "metadata.name" || (path == "metadata.namespace" && kind.namespaced)) return true;
    if (kind.kind == "Pod")
        return path == "spec.nodeName" || path == "status.phase" || path == "spec.restartPolicy"
               || path == "spec.schedulerName" || path == "spec.serviceAccountName" || path == "status.podIP";
    if (kind.kind == "Event") {
        static constexpr std::array<std::string_view, 11> fields = {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "source",
            "type",
            "reportingComponent",
        };
        return std::ranges::find(fields, path) != fields.end();
    }
    if (kind.kind == "Secret") return path == "type";
    if (kind.kind == "Namespace") return path == "status.phase";
    if (kind.kind == "Job") return path == "status.successful";
    if (kind.kind == "Service") return path == "spec.clusterIP" || path == "spec.type";
    return false;
}

/// Kinds with fields of their own say it in other words than the rest.
refusal unknown_field(std::string const& path, resource_kind const& kind)
{
    static constexpr std::array<std::string_view, 6> own = {"Pod", "Event", "Secret", "Namespace", "Job", "Service"};
    if (kind.custom || std::ranges::find(own, kind.kind) != own.end())
        return bad_request("field label not supported: " + path);
    return bad_request(
        "\"" + path + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    );
}

}  // namespace

label_selector::label_selector(std::string_view text)
{
    if (trim(text).empty()) return;
    for (std::string const& part : parts_of(text))
        add(trim(part));
}

void label_selector::add(std::string_view part)
{
    requirement made;
    if (part.starts_with('!')) {
        made.key = trim(part.substr(1));
        made.is = test::absent;
    } else if (std::size_t const not_equal = part.find("!="); not_equal != std::string_view::npos) {
        made.key = trim(part.substr(0, not_equal));
        made.is = test::not_in;
        made.values.emplace_back(trim(part.substr(not_equal + 2)));
    } else if (std::size_t const equal = part.find('='); equal != std::string_view::npos) {
        std::size_t const value = part.find_first_not_of('=', equal);
        made.key = trim(part.substr(0, equal));
        made.is = test::in;
        made.values.emplace_back(value == std::string_view::npos ? std::string_view() : trim(part.substr(value)));
    } else if (std::size_t const open = part.find('('); open != std::string_view::npos && part.ends_with(')')) {
        std::string_view const head = trim(part.substr(0, open));
        std::size_t const space = head.find_first_of(" \t");
        std::string_view const word = space == std::string_view::npos ? std::string_view() : trim(head.substr(space));
        if (word != "in" && word != "notin")
            throw bad_request(
                "unable to parse requirement: found '" + std::string(word) + "', expected: in, notin, =, ==, !=, gt, lt"
            );
        made.key = head.substr(0, space);
        made.is = word == "in" ? test::in : test::not_in;
        for (std::string const& value : split(part.substr(open + 1, part.size() - open - 2), ','))
            made.values.emplace_back(trim(value));
    } else {
        std::size_t const space = part.find_first_of(" \t");
        if (space != std::string_view::npos) {
            std::string_view rest = trim(part.substr(space));
            rest = rest.substr(0, rest.find_first_of(" \t"));
            throw bad_request(
                "unable to parse requirement: found '" + std::string(rest) + "', expected: in, notin, =, ==, !=, gt, lt"
            );
        }
        made.key = part;
        made.is = test::exists;
    }
    if (made.key.empty()) throw bad_request("unable to parse requirement: found '', expected: identifier");
    requirements_.push_back(std::move(made));
}

bool label_selector::matches(json::object const& object) const
{
    if (requirements_.empty()) return true;
    json::value const* metadata = object.if_contains("metadata");
    json::value const* found = metadata ? find_path(*metadata, "labels") : nullptr;
    json::object const* labels = found ? found->if_object() : nullptr;
    return std::ranges::all_of(requirements_, [&](requirement const& one) {
        json::value const* label = labels ? labels->if_contains(one.key) : nullptr;
        bool const listed = label && label->is_string()
                            && std::ranges::find(one.values, std::string_view(label->get_string())) != one.values.end();
        switch (one.is) {
        case test::in: return listed;
        case test::not_in: return !listed;
        case test::exists: return label != nullptr;
        case test::absent: return label == nullptr;
        }
        return false;
    });
}

field_selector::field_selector(std::string_view text, resource_kind const& kind)
{
    if (trim(text).empty()) return;
    for (std::string const& part : split(text, ',')) {
        std::size_t const equal = part.find('=');
        if (equal == std::string::npos || equal == 0)
            throw bad_request("invalid selector: '" + std::string(text) + "'; can't understand '" + part + "'");
        requirement made;
        made.equal = part[equal - 1] != '!';
        made.path = part.substr(0, made.equal ? equal : equal - 1);
        std::size_t const value = part.find_first_not_of('=', equal);
        if (value != std::string::npos) made.value = part.substr(value);
        if (!is_selectable(made.path, kind)) throw unknown_field(made.path, kind);
        requirements_.push_back(std::move(made));
    }
}

bool field_selector::matches(json::object const& object) const
{
    return std::ranges::all_of(requirements_, [&](requirement const& one) {
        std::size_t const dot = one.path.find('.');
        json::value const* found = object.if_contains(one.path.substr(0, dot));
        if (found && dot != std::string::npos) found = find_path(*found, one.path.substr(dot + 1));
        return ((found ? scalar_text(*found) : std::string()) == one.value) == one.equal;
    });
}

}  // namespace kuberay::testing
