#include "kube/list_decoder.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <utility>

namespace kuberay::kube {
namespace {

constexpr std::size_t max_key_size = 1024;

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool ends_scalar(char c) noexcept { return is_space(c) || c == ',' || c == '}' || c == ']'; }

}  // namespace

list_decoder::list_decoder(std::function<void(json::value)> each)
    : each_(std::move(each))
{
}

void list_decoder::feed(std::string_view bytes)
{
    while (!bytes.empty())
        bytes.remove_prefix(step(bytes));
}

void list_decoder::finish() const
{
    if (state_ == state::before_list) fail("it is empty");
    if (state_ != state::after_list) fail("it ends too early");
    if (!saw_items_)
        fail(kind_.empty() ? "it is no list" : "it is a " + printable_line(kind_) + ", which has no items");
}

// Takes at least one byte of `rest`; returns how many.
std::size_t list_decoder::step(std::string_view rest)
{
    switch (state_) {
    case state::in_key: return take_key(rest);
    case state::in_value: return compound_ ? take_compound(rest) : take_scalar(rest);
    case state::in_item: return take_compound(rest);
    default: break;
    }
    if (is_space(rest.front())) return 1;
    return structural(rest.front());
}

std::size_t list_decoder::structural(char c)
{
    switch (state_) {
    case state::before_list:
        if (c != '{') fail("it does not begin with an object");
        state_ = state::before_key;
        return 1;
    case state::before_key:
        if (c == '}' && !after_comma_) {
            state_ = state::after_list;
        } else {
            if (c != '"') fail("expected a key");
            state_ = state::in_key;
            key_.clear();
        }
        return 1;
    case state::before_colon:
        if (c != ':') fail("expected ':' after \"" + printable_line(key_) + "\"");
        state_ = state::before_value;
        return 1;
    case state::before_value:
        if (c == '[' && (key_ == "items" || key_ == "rows")) {
            saw_items_ = true;
            after_comma_ = false;
            state_ = state::before_item;
            return 1;
        }
        start_value(c);
        return 0;
    case state::after_value:
        if (c != ',' && c != '}') fail("expected ',' or '}' after \"" + printable_line(key_) + "\"");
        state_ = c == ',' ? state::before_key : state::after_list;
        after_comma_ = c == ',';
        return 1;
    case state::before_item:
        if (c == ']' && !after_comma_) {
            state_ = state::after_value;
            return 1;
        }
        if (c != '{') fail("item " + std::to_string(count_ + 1) + " is no object");
        pending_.clear();
        scanner_.start();
        state_ = state::in_item;
        return 0;
    case state::after_item:
        if (c != ',' && c != ']') fail("expected ',' or ']' after item " + std::to_string(count_));
        state_ = c == ',' ? state::before_item : state::after_value;
        after_comma_ = c == ',';
        return 1;
    case state::after_list: fail("there is more after its end");
    case state::in_key:
    case state::in_value:
    case state::in_item: break;
    }
    return 0;
}

std::size_t list_decoder::take_key(std::string_view rest)
{
    std::size_t const end = rest.find_first_of("\"\\");
    std::string_view const part = rest.substr(0, end);
    if (key_.size() + part.size() > max_key_size) fail("a key of the list is too long");
    key_ += part;
    if (end == std::string_view::npos) return rest.size();
    // No key of a list needs an escape; the ones we look for would not be recognised.
    if (rest[end] == '\\') fail("unexpected escape in a key");
    state_ = state::before_colon;
    return end + 1;
}

void list_decoder::start_value(char c)
{
    pending_.clear();
    compound_ = c == '{' || c == '[';
    in_string_ = false;
    escaped_ = false;
    scanner_.start();
    state_ = state::in_value;
}

std::size_t list_decoder::take_compound(std::string_view rest)
{
    std::size_t const end = scanner_.scan(rest);
    if (end == json_scanner::npos) {
        keep(rest);
        return rest.size();
    }
    std::string_view text = rest.substr(0, end);
    if (!pending_.empty()) {
        keep(text);
        text = pending_;
    }
    if (state_ == state::in_item)
        end_item(text);
    else
        end_value(text);
    return end;
}

std::size_t list_decoder::take_scalar(std::string_view rest)
{
    std::size_t at = 0;
    for (; at < rest.size(); ++at) {
        char const c = rest[at];
        if (escaped_) {
            escaped_ = false;
        } else if (in_string_) {
            escaped_ = c == '\\';
            if (c == '"') in_string_ = false;
        } else if (c == '"') {
            in_string_ = true;
        } else if (ends_scalar(c)) {
            keep(rest.substr(0, at));
            end_value(pending_);
            return at;
        }
    }
    keep(rest);
    return at;
}

void list_decoder::keep(std::string_view part)
{
    if (part.size() > max_item_size - pending_.size())
        throw failure(
            errc::too_large, state_ == state::in_item
                                 ? "item " + std::to_string(count_ + 1) + " of the list is larger than 64 MiB"
                                 : "\"" + printable_line(key_) + "\" of the list is larger than 64 MiB"
        );
    pending_ += part;
}

void list_decoder::end_value(std::string_view text)
{
    state_ = state::after_value;
    auto parsed = reader_.read(text);
    if (!parsed) fail("\"" + printable_line(key_) + "\": " + parsed.error().message());
    take_member(std::move(*parsed));
    pending_.clear();
}

void list_decoder::end_item(std::string_view text)
{
    ++count_;
    state_ = state::after_item;
    auto parsed = reader_.read(text);
    if (!parsed) fail("item " + std::to_string(count_) + ": " + parsed.error().message());
    each_(std::move(*parsed));
    pending_.clear();
}

void list_decoder::take_member(json::value value)
{
    if (key_ == "kind") {
        if (auto const* text = value.if_string()) kind_.assign(text->data(), text->size());
    } else if (key_ == "metadata") {
        resource_version_ = string_at(value, "resourceVersion");
        continue_token_ = string_at(value, "continue");
    } else if (key_ == "columnDefinitions") {
        columns_ = std::move(value);
    } else if (key_ == "items" || key_ == "rows") {
        // Go writes null for an empty list.
        if (!value.is_null()) fail("\"" + key_ + "\" is no list");
        saw_items_ = true;
    }
}

void list_decoder::fail(std::string const& what) const
{
    throw failure(errc::bad_document, "the server's list cannot be read: " + what);
}

}  // namespace kuberay::kube
