#include "base/yaml_tree.hpp"

#include <charconv>
#include <utility>

namespace kuberay {
namespace {

std::string unescaped(std::string_view token)
{
    std::string key;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size())
            key += token[++i] == '1' ? '/' : '~';
        else
            key += token[i];
    }
    return key;
}

yaml_node::child const* child_of(yaml_node const& node, std::string_view token)
{
    bool const is_map = !node.children.empty() && node.children.front().key_mark.line != 0;
    if (is_map) {
        std::string const key = unescaped(token);
        for (auto const& child : node.children)
            if (child.key == key) return &child;
        return nullptr;
    }
    std::size_t index = 0;
    auto const read = std::from_chars(token.data(), token.data() + token.size(), index);
    bool const whole = read.ec == std::errc() && read.ptr == token.data() + token.size();
    return whole && index < node.children.size() ? &node.children[index] : nullptr;
}

struct found_node {
    yaml_node const* node = nullptr;
    yaml_mark key_mark;
    bool complete = true;  // false when the path leads further than the document
};

found_node walk(yaml_document::source const& source, std::string_view path)
{
    found_node found;
    found.node = &source.nodes.back();
    found.key_mark = found.node->mark;
    while (!path.empty()) {
        path.remove_prefix(1);
        auto const end = path.find('/');
        auto const* child = child_of(*found.node, path.substr(0, end));
        if (!child) {
            found.complete = false;
            return found;
        }
        found.node = &source.nodes[child->node];
        found.key_mark = child->key_mark.line != 0 ? child->key_mark : found.node->mark;
        path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    }
    return found;
}

std::string place(std::string const& name, yaml_mark at)
{
    return name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace

error yaml_fault(std::string const& name, yaml_mark at, std::string const& what)
{
    return error(errc::bad_document, place(name, at) + ": " + what);
}

yaml_document::yaml_document(json::value value, std::shared_ptr<source const> from)
    : value_(std::move(value))
    , source_(std::move(from))
{
}

std::string const& yaml_document::name() const noexcept { return source_->name; }

std::vector<yaml_duplicate> const& yaml_document::duplicates() const noexcept { return source_->duplicates; }

yaml_mark yaml_document::mark_of(std::string_view path) const { return walk(*source_, path).node->mark; }

yaml_mark yaml_document::key_mark_of(std::string_view path) const { return walk(*source_, path).key_mark; }

std::string yaml_document::where(std::string_view path) const { return place(source_->name, mark_of(path)); }

std::string yaml_document::where_key(std::string_view path) const { return place(source_->name, key_mark_of(path)); }

std::string_view yaml_document::text_of(std::string_view path) const
{
    auto const found = walk(*source_, path);
    return found.complete ? std::string_view(found.node->text) : std::string_view();
}

bool yaml_document::is_quoted(std::string_view path) const
{
    auto const found = walk(*source_, path);
    return found.complete && found.node->quoted;
}

std::string pointer_child(std::string_view path, std::string_view key)
{
    std::string child(path);
    child += '/';
    for (char const c : key) {
        if (c == '~')
            child += "~0";
        else if (c == '/')
            child += "~1";
        else
            child += c;
    }
    return child;
}

std::string pointer_child(std::string_view path, std::size_t index)
{
    return pointer_child(path, std::to_string(index));
}

}  // namespace kuberay
