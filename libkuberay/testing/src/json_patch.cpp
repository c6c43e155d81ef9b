#include "json_patch.hpp"

#include "refusal.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::testing {

namespace {

std::vector<std::string> tokens_of(std::string_view pointer)
{
    std::vector<std::string> tokens;
    if (pointer.empty()) return tokens;
    if (pointer.front() != '/') throw patch_refused();
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            tokens.emplace_back();
        } else if (pointer[i] == '~' && i + 1 < pointer.size()) {
            tokens.back() += pointer[++i] == '1' ? '/' : '~';
        } else {
            tokens.back() += pointer[i];
        }
    }
    return tokens;
}

std::size_t index_of(std::string const& token, std::size_t limit)
{
    std::size_t index = 0;
    auto const [end, fault] = std::from_chars(token.data(), token.data() + token.size(), index);
    bool const leading_zero = token.size() > 1 && token.front() == '0';
    if (fault != std::errc() || end != token.data() + token.size() || leading_zero || index >= limit)
        throw patch_refused();
    return index;
}

json::value& step(json::value& at, std::string const& token)
{
    if (json::object* object = at.if_object()) {
        if (json::value* child = object->if_contains(token)) return *child;
    } else if (json::array* array = at.if_array()) {
        return (*array)[index_of(token, array->size())];
    }
    throw patch_refused();
}

/// The container of the last token.
json::value& parent_of(json::value& root, std::vector<std::string> const& tokens)
{
    json::value* at = &root;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        at = &step(*at, tokens[i]);
    return *at;
}

json::value const& value_at(json::value& root, std::vector<std::string> const& tokens)
{
    json::value* at = &root;
    for (std::string const& token : tokens)
        at = &step(*at, token);
    return *at;
}

void add(json::value& root, std::vector<std::string> const& tokens, json::value value)
{
    if (tokens.empty()) {
        root = std::move(value);
        return;
    }
    json::value& parent = parent_of(root, tokens);
    if (json::object* object = parent.if_object()) {
        (*object)[tokens.back()] = std::move(value);
    } else if (json::array* array = parent.if_array()) {
        std::size_t const index = tokens.back() == "-" ? array->size() : index_of(tokens.back(), array->size() + 1);
        array->insert(array->begin() + index, std::move(value));
    } else {
        throw patch_refused();
    }
}

json::value take(json::value& root, std::vector<std::string> const& tokens)
{
    if (tokens.empty()) throw patch_refused();
    json::value& parent = parent_of(root, tokens);
    json::value taken = std::move(step(parent, tokens.back()));
    if (json::object* object = parent.if_object())
        object->erase(tokens.back());
    else if (json::array* array = parent.if_array())
        array->erase(array->begin() + index_of(tokens.back(), array->size()));
    return taken;
}

/// Equality as the server has it: absent and null are the same for a `test`.
bool passes(json::value& root, std::vector<std::string> const& tokens, json::value const& wanted)
{
    try {
        return value_at(root, tokens) == wanted;
    } catch (refusal const&) {
        return wanted.is_null();
    }
}

void apply_one(json::value& document, json::object const& operation)
{
    auto const text = [&](std::string_view name) {
        json::value const* found = operation.if_contains(name);
        if (!found || !found->is_string()) throw patch_refused();
        return std::string_view(found->get_string());
    };
    auto const value = [&] {
        json::value const* found = operation.if_contains("value");
        return found ? *found : json::value();
    };
    std::string_view const op = text("op");
    std::vector<std::string> const path = tokens_of(text("path"));
    if (op == "add") {
        add(document, path, value());
    } else if (op == "remove") {
        take(document, path);
    } else if (op == "replace") {
        // The server's library replaces absent members too (evanphx/json-patch), unlike RFC 6902.
        if (path.empty())
            document = value();
        else if (json::value& parent = parent_of(document, path); parent.is_object())
            parent.get_object()[path.back()] = value();
        else
            step(parent, path.back()) = value();
    } else if (op == "move") {
        json::value moved = take(document, tokens_of(text("from")));
        add(document, path, std::move(moved));
    } else if (op == "copy") {
        json::value copied = value_at(document, tokens_of(text("from")));
        add(document, path, std::move(copied));
    } else if (op == "test") {
        if (!passes(document, path, value())) throw patch_refused();
    } else {
        throw patch_refused();
    }
}

}  // namespace

json::value apply_json_patch(json::value document, json::value const& operations)
{
    if (!operations.is_array())
        throw bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        );
    for (json::value const& operation : operations.get_array()) {
        if (!operation.is_object())
            throw bad_request(
                "error decoding patch: json: cannot unmarshal value into Go value of type handlers.jsonPatchOp"
            );
        apply_one(document, operation.get_object());
    }
    return document;
}

}  // namespace kuberay::testing
