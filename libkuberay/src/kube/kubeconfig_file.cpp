#include "kube/kubeconfig_file.hpp"

#include "kube/config_problems.hpp"

#include <kuberay/base/text.hpp>

#include <boost/json/array.hpp>

namespace kuberay::kube {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::vector<yaml_document> parse(std::string_view text, std::filesystem::path const& path)
{
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    try {
        return parse_yaml(text, path.string());
    } catch (failure const& f) {
        throw failure(
            error(errc::bad_config, f.error().message()).with_hint("The file must be a kubeconfig in YAML or JSON.")
        );
    }
}

std::string text_of(json::object const& object, std::string_view key)
{
    json::value const* found = object.if_contains(key);
    json::string const* text = found ? found->if_string() : nullptr;
    return text ? std::string(text->data(), text->size()) : std::string();
}

}  // namespace

std::string entry_word(entry_kind kind)
{
    switch (kind) {
    case entry_kind::context: return "context";
    case entry_kind::cluster: return "cluster";
    case entry_kind::user: return "user";
    }
    return std::string();
}

std::string list_key(entry_kind kind) { return entry_word(kind) + "s"; }

kubeconfig_file::kubeconfig_file(std::string_view text, std::filesystem::path path)
    : path_(std::move(path))
{
    std::vector<yaml_document> documents = parse(text, path_);
    if (documents.empty()) return;
    document_ = std::move(documents.front());
    if (!document_->value().is_object())
        throw failure(errc::bad_config, document_->where("") + ": this is not a kubeconfig: a mapping is expected");
    std::string const kind = text_of(*root(), "kind");
    if (!kind.empty() && kind != "Config") {
        throw failure(
            errc::bad_config, document_->where("/kind") + ": this is not a kubeconfig: its kind is "
                                  + printable_line(kind) + ", not Config"
        );
    }
}

std::filesystem::path kubeconfig_file::resolve(std::string const& name) const
{
    if (name.empty()) return std::filesystem::path();
    std::filesystem::path const given(name);
    if (given.is_absolute()) return given;
    std::error_code ignored;
    std::filesystem::path const folder = std::filesystem::absolute(path_, ignored).parent_path();
    return (folder / given).lexically_normal();
}

bool kubeconfig_file::empty() const noexcept
{
    json::object const* all = root();
    if (!all) return true;
    for (auto kind : {entry_kind::context, entry_kind::cluster, entry_kind::user})
        if (json::array const* entries = list(kind); entries && !entries->empty()) return false;
    return current_context().empty();
}

std::string kubeconfig_file::current_context() const
{
    json::object const* all = root();
    return all ? text_of(*all, "current-context") : std::string();
}

std::vector<std::size_t> kubeconfig_file::find(entry_kind kind, std::string_view name) const
{
    std::vector<std::size_t> found;
    json::array const* entries = list(kind);
    if (!entries) return found;
    for (std::size_t i = 0; i < entries->size(); ++i) {
        json::object const* entry = (*entries)[i].if_object();
        json::value const* named = entry ? entry->if_contains("name") : nullptr;
        if (named && named->is_string() && named->get_string() == name) found.push_back(i);
    }
    return found;
}

std::vector<std::string> kubeconfig_file::names(entry_kind kind) const
{
    std::vector<std::string> found;
    json::array const* entries = list(kind);
    if (!entries) return found;
    for (auto const& entry : *entries) {
        if (!entry.is_object()) continue;
        std::string name = text_of(entry.get_object(), "name");
        if (!name.empty()) found.push_back(std::move(name));
    }
    return found;
}

json::value const* kubeconfig_file::at(entry_kind kind, std::size_t index) const
{
    json::array const* entries = list(kind);
    if (!entries || index >= entries->size()) return nullptr;
    json::object const* entry = (*entries)[index].if_object();
    return entry ? entry->if_contains(entry_word(kind)) : nullptr;
}

std::string kubeconfig_file::where(std::string_view pointer) const
{
    return document_ ? document_->where(pointer) : path_.string();
}

void kubeconfig_file::check(config_problems& problems) const
{
    json::object const* all = root();
    if (!all) return;
    if (json::value const* current = all->if_contains("current-context");
        current && !current->is_string() && !current->is_null())
        problems.add(where("/current-context") + ": current-context must be a string", "Put it in quotes.");
    for (auto kind : {entry_kind::context, entry_kind::cluster, entry_kind::user}) {
        std::string const key = list_key(kind);
        json::value const* entries = all->if_contains(key);
        if (!entries || entries->is_null()) continue;
        std::string const at = pointer_child("", key);
        if (!entries->is_array()) {
            problems.add(where(at) + ": " + key + " must be a list");
            continue;
        }
        for (std::size_t i = 0; i < entries->get_array().size(); ++i) {
            json::object const* entry = entries->get_array()[i].if_object();
            json::value const* name = entry ? entry->if_contains("name") : nullptr;
            if (!name || !name->is_string())
                problems.add(
                    where(pointer_child(at, i)) + ": an entry of " + key + " must have a name, which is a string"
                );
        }
    }
}

json::object const* kubeconfig_file::root() const noexcept
{
    return document_ ? document_->value().if_object() : nullptr;
}

json::array const* kubeconfig_file::list(entry_kind kind) const noexcept
{
    json::object const* all = root();
    json::value const* entries = all ? all->if_contains(list_key(kind)) : nullptr;
    return entries ? entries->if_array() : nullptr;
}

}  // namespace kuberay::kube
