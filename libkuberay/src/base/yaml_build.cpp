#include "base/yaml_build.hpp"

#include "base/quote.hpp"
#include "base/utf8.hpp"
#include "base/yaml_scalar.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <utility>

namespace kuberay {
namespace {

constexpr std::size_t max_depth = 100;
constexpr std::size_t max_expansion = std::size_t(64) << 20;
constexpr std::size_t node_weight = 32;

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

yaml_mark mark_at(YAML::Mark const& mark)
{
    yaml_mark at;
    at.line = static_cast<std::size_t>(std::max(mark.line, 0)) + 1;
    at.column = static_cast<std::size_t>(std::max(mark.column, 0)) + 1;
    return at;
}

std::string at_line(yaml_mark mark) { return "line " + std::to_string(mark.line); }

char const* words_for(yaml_scalar::type kind)
{
    switch (kind) {
    case yaml_scalar::type::null: return "null";
    case yaml_scalar::type::boolean: return "bool";
    case yaml_scalar::type::integer: return "int";
    case yaml_scalar::type::floating: return "float";
    case yaml_scalar::type::timestamp: return "timestamp";
    case yaml_scalar::type::string: break;
    }
    return "str";
}

// yaml-cpp turns the escapes \N and \_ into the bytes 85 and A0 instead of UTF-8.
std::string repaired(std::string const& text)
{
    if (is_utf8(text)) return text;
    std::string whole;
    for (std::string_view rest = text; !rest.empty();) {
        auto const step = next_code_point(rest);
        append_code_point(whole, step.valid ? step.code_point : static_cast<unsigned char>(rest.front()));
        rest.remove_prefix(step.length);
    }
    return whole;
}

}  // namespace

yaml_builder::yaml_builder(std::string name, duplicate_keys duplicates)
    : name_(std::move(name))
    , duplicates_(duplicates)
{
}

void yaml_builder::fail(yaml_mark at, std::string const& what) const { throw failure(yaml_fault(name_, at, what)); }

std::optional<yaml_document> yaml_builder::take()
{
    if (!root_ || (root_->scalar && root_->value.is_null())) return std::nullopt;
    return yaml_document(std::move(root_->value), std::move(source_));
}

void yaml_builder::OnDocumentStart(YAML::Mark const& mark)
{
    start_ = static_cast<std::size_t>(std::max(mark.pos, 0));
    source_ = std::make_shared<yaml_document::source>();
    source_->name = name_;
    open_.clear();
    anchors_.clear();
    expanded_ = 0;
    root_.reset();
}

void yaml_builder::OnDocumentEnd() {}

void yaml_builder::OnNull(YAML::Mark const& mark, YAML::anchor_t anchor)
{
    built made;
    made.null_key = true;
    place_scalar(mark_at(mark), std::move(made), std::string(), false, anchor);
}

void yaml_builder::OnScalar(
    YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor, std::string const& raw
)
{
    yaml_mark const at = mark_at(mark);
    std::string const value = repaired(raw);
    built made;
    made.weight = node_weight + value.size();
    bool const plain = tag == "?" || tag.empty();
    auto const core = tag.starts_with(core_tag) ? std::string_view(tag).substr(core_tag.size()) : std::string_view();
    if (core == "binary") fail(at, "binary values are not supported, write the base64 text as a string");
    bool const resolves = plain || core == "int" || core == "float" || core == "bool" || core == "null";
    if (resolves) {
        auto resolved = resolve_yaml_scalar(value);
        auto const kind = resolved.kind;
        bool const fits = plain || core == words_for(kind) || (core == "float" && kind == yaml_scalar::type::integer);
        if (!fits) fail(at, kuberay::quoted(value) + " is no " + std::string(core));
        bool const is_key = !open_.empty() && open_.back().map && !open_.back().key;
        if (kind == yaml_scalar::type::floating && resolved.value.is_null() && !is_key)
            fail(at, kuberay::quoted(value) + " has no counterpart in JSON");
        made.value = std::move(resolved.value);
        made.null_key = kind == yaml_scalar::type::null;
        if (kind == yaml_scalar::type::string || kind == yaml_scalar::type::timestamp) made.value = json::string(value);
        made.merge_key = plain && value == "<<";
    } else {
        made.value = json::string(value);
        made.merge_key = core == "merge";
    }
    place_scalar(at, std::move(made), value, !resolves, anchor);
}

void yaml_builder::OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor)
{
    yaml_mark const at = mark_at(mark);
    auto const found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(at, "the alias stands inside of what it refers to");
    built const& target = found->second;
    expanded_ += target.weight;
    if (expanded_ > max_expansion) fail(at, "the aliases expand to too much");
    if (open_.size() + target.height > max_depth) fail(at, "nested too deeply");
    place_finished(at, target, 0);
}

void yaml_builder::OnSequenceStart(
    YAML::Mark const& mark, std::string const&, YAML::anchor_t anchor, YAML::EmitterStyle::value
)
{
    open(mark, false, anchor);
}

void yaml_builder::OnSequenceEnd() { close(); }

void yaml_builder::OnMapStart(
    YAML::Mark const& mark, std::string const&, YAML::anchor_t anchor, YAML::EmitterStyle::value
)
{
    open(mark, true, anchor);
}

void yaml_builder::OnMapEnd() { close(); }

void yaml_builder::open(YAML::Mark const& mark, bool map, YAML::anchor_t anchor)
{
    yaml_mark const at = mark_at(mark);
    if (open_.size() >= max_depth) fail(at, "nested too deeply");
    if (!open_.empty() && open_.back().map && !open_.back().key) fail(at, "a key must be a string or a number");
    open_node opened;
    opened.map = map;
    if (map)
        opened.value = json::object();
    else
        opened.value = json::array();
    opened.place.mark = at;
    opened.anchor = anchor;
    opened.weight = node_weight;
    open_.push_back(std::move(opened));
}

void yaml_builder::close()
{
    open_node closed = std::move(open_.back());
    open_.pop_back();
    for (auto const& from : closed.merged)
        merge_into(closed, closed.place.mark, from);
    built made;
    made.value = std::move(closed.value);
    made.height = closed.height + 1;
    made.weight = closed.weight;
    yaml_mark const at = closed.place.mark;
    made.node = static_cast<std::uint32_t>(source_->nodes.size());
    source_->nodes.push_back(std::move(closed.place));
    place_finished(at, std::move(made), closed.anchor);
}

void yaml_builder::place_scalar(yaml_mark at, built made, std::string text, bool quoted, YAML::anchor_t anchor)
{
    made.scalar = true;
    made.node = static_cast<std::uint32_t>(source_->nodes.size());
    yaml_node place;
    place.mark = at;
    place.quoted = quoted;
    place.text = std::move(text);
    source_->nodes.push_back(std::move(place));
    place_finished(at, std::move(made), anchor);
}

void yaml_builder::place_finished(yaml_mark at, built made, YAML::anchor_t anchor)
{
    if (anchor != 0) {
        // Kept beside the document: anchors around anchors add up as aliases do.
        expanded_ += made.weight;
        if (expanded_ > max_expansion) fail(at, "the anchors hold too much");
        anchors_[anchor] = made;
    }
    if (open_.empty()) {
        // A root that is an alias cannot be; the root is the node made last.
        root_ = std::move(made);
        return;
    }
    open_node& parent = open_.back();
    parent.height = std::max(parent.height, made.height);
    parent.weight += made.weight;
    if (!parent.map) {
        yaml_node::child child;
        child.key_mark.line = 0;
        child.node = made.node;
        parent.place.children.push_back(std::move(child));
        parent.value.get_array().push_back(std::move(made.value));
    } else if (!parent.key) {
        take_key(at, made);
    } else if (parent.merging) {
        if (!made.value.is_object() && !made.value.is_array()) fail(at, "only maps can be merged");
        parent.merged.push_back(std::move(made));
        parent.key.reset();
        parent.merging = false;
    } else {
        add_member(parent, std::move(made));
    }
}

void yaml_builder::take_key(yaml_mark at, built const& made)
{
    open_node& map = open_.back();
    if (!made.scalar) fail(at, "a key must be a string or a number");
    if (made.null_key) fail(at, "a key must not be null");
    map.key_mark = at;
    map.merging = made.merge_key;
    // As written: `on` and `010` as keys mean these words, although as values they would not.
    map.key = source_->nodes[made.node].text;
    if (map.merging || !map.value.get_object().contains(*map.key)) return;
    for (auto const& child : map.place.children) {
        if (child.key != *map.key) continue;
        std::string what =
            "the key " + kuberay::quoted(*map.key) + " is given twice, first at " + at_line(child.key_mark);
        if (duplicates_ == duplicate_keys::refuse) fail(at, what);
        source_->duplicates.push_back({at, std::move(what)});
        return;
    }
}

void yaml_builder::add_member(open_node& to, built made)
{
    if (to.value.get_object().contains(*to.key)) {
        to.key.reset();
        return;
    }
    yaml_node::child child;
    child.key = *to.key;
    child.key_mark = to.key_mark;
    child.node = made.node;
    to.place.children.push_back(std::move(child));
    to.value.get_object().emplace(*to.key, std::move(made.value));
    to.key.reset();
}

// Keys of the map itself win over merged ones, earlier merged ones over later ones.
void yaml_builder::merge_into(open_node& to, yaml_mark at, built const& from)
{
    auto const merge_map = [&](json::value const& value, yaml_node const& place) {
        if (!value.is_object()) fail(at, "only maps can be merged");
        for (auto const& child : place.children) {
            auto& members = to.value.get_object();
            if (members.contains(child.key)) continue;
            members.emplace(child.key, value.get_object().at(child.key));
            to.place.children.push_back(child);
        }
    };
    yaml_node const& place = source_->nodes[from.node];
    if (auto const* items = from.value.if_array()) {
        for (std::size_t i = 0; i < items->size(); ++i)
            merge_map((*items)[i], source_->nodes[place.children[i].node]);
    } else {
        merge_map(from.value, place);
    }
}

}  // namespace kuberay
