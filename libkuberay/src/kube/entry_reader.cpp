#include "kube/entry_reader.hpp"

#include <kuberay/base/base64.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>

#include <boost/json/array.hpp>
#include <boost/json/kind.hpp>

namespace kuberay::kube {
namespace {

std::string word_for(json::value const& value)
{
    switch (value.kind()) {
    case json::kind::bool_: return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_: return "a number";
    case json::kind::array: return "a list";
    case json::kind::object: return "a mapping";
    default: return "a string";
    }
}

}  // namespace

entry_reader::entry_reader(std::optional<config_entry> entry, config_problems* problems)
    : entry_(std::move(entry))
    , problems_(problems)
{
    if (!entry_) return;
    pointer_ = entry_->pointer;
    if (entry_->repeated) complain("", "the file has more than one entry of this name");
    if (!entry_->body || entry_->body->is_null()) return;
    body_ = entry_->body->if_object();
    if (!body_) complain("", "a mapping is expected, not " + word_for(*entry_->body));
}

json::value const* entry_reader::value(std::string_view key) const
{
    json::value const* found = body_ ? body_->if_contains(key) : nullptr;
    return found && !found->is_null() ? found : nullptr;
}

bool entry_reader::has(std::string_view key) const
{
    json::value const* found = value(key);
    return found && !(found->is_string() && found->get_string().empty());
}

std::string entry_reader::text(std::string_view key) const
{
    json::value const* found = value(key);
    if (!found) return std::string();
    if (json::string const* text = found->if_string()) return std::string(text->data(), text->size());
    complain(key, std::string(key) + " must be a string, not " + word_for(*found), "Put it in quotes.");
    return std::string();
}

bool entry_reader::flag(std::string_view key) const
{
    json::value const* found = value(key);
    if (!found) return false;
    if (bool const* flag = found->if_bool()) return *flag;
    complain(key, std::string(key) + " must be true or false, not " + word_for(*found));
    return false;
}

std::string entry_reader::bytes(std::string_view key) const
{
    std::string const encoded = text(key);
    if (encoded.empty()) return encoded;
    result<std::string> decoded = base64_decode(encoded);
    if (decoded) return std::move(*decoded);
    complain(key, std::string(key) + " is not base64: " + decoded.error().message());
    return std::string();
}

std::filesystem::path entry_reader::path(std::string_view key) const
{
    std::string const name = text(key);
    return name.empty() ? std::filesystem::path() : entry_->file->resolve(name);
}

json::object const* entry_reader::object(std::string_view key) const
{
    json::value const* found = value(key);
    if (!found) return nullptr;
    if (found->is_object()) return &found->get_object();
    complain(key, std::string(key) + " must be a mapping, not " + word_for(*found));
    return nullptr;
}

json::array const* entry_reader::array(std::string_view key) const
{
    json::value const* found = value(key);
    if (!found) return nullptr;
    if (found->is_array()) return &found->get_array();
    complain(key, std::string(key) + " must be a list, not " + word_for(*found));
    return nullptr;
}

entry_reader entry_reader::inner(std::string_view key) const
{
    entry_reader made(*this);
    made.body_ = object(key);
    made.pointer_ = pointer_child(pointer_, key);
    return made;
}

void entry_reader::complain(std::string_view key, std::string const& sentence, std::string hint) const
{
    if (!entry_) {
        problems_->add(sentence, std::move(hint));
        return;
    }
    std::string const at = key.empty() ? pointer_ : pointer_child(pointer_, key);
    std::string const who = entry_word(entry_->kind) + " \"" + printable_line(entry_->name) + "\"";
    problems_->add(entry_->file->where(at) + ": " + who + ": " + sentence, std::move(hint));
}

}  // namespace kuberay::kube
