#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/base/yaml.hpp>
#include <kuberay/ray/runtime_env.hpp>

#include <algorithm>
#include <functional>

namespace kuberay::ray {
namespace {

// Names the place of a JSON pointer in the source.
using locator = std::function<std::string(std::string const& pointer)>;

std::string kind_of(json::value const& value)
{
    switch (value.kind()) {
    case json::kind::null: return "empty";
    case json::kind::bool_: return "true or false";
    case json::kind::string: return "a text";
    case json::kind::array: return "a list";
    case json::kind::object: return "a mapping";
    default: return "a number";
    }
}

// "/pip/packages/0" as "pip.packages[0]".
std::string key_text(std::string const& pointer)
{
    std::string text;
    std::vector<std::string> const parts = split(pointer, '/');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        bool const is_index = i > 1 && !parts[i].empty() && std::all_of(parts[i].begin(), parts[i].end(), [](char c) {
                                  return c >= '0' && c <= '9';
                              });
        if (is_index)
            text += "[" + parts[i] + "]";
        else
            text += (text.empty() ? "" : ".") + parts[i];
    }
    return printable_line(text);
}

class checker {
public:
    checker(json::object const& env, locator where)
        : env_(env)
        , where_(std::move(where))
    {
    }

    void check() const
    {
        one_of({"pip", "uv", "conda"});
        alone("container", {"container", "config", "env_vars"});
        alone("image_uri", {"image_uri", "config", "env_vars"});
        for (char const* const key : {"working_dir", "worker_process_setup_hook", "py_executable", "image_uri"})
            if (json::value const* const value = given(key)) must_be_text(*value, path(key));
        for (char const* const key : {"py_modules", "excludes"})
            if (json::value const* const value = given(key)) must_be_texts(*value, path(key));
        if (json::value const* const value = given("env_vars")) check_variables(*value);
        if (json::value const* const value = given("pip"))
            check_packages(*value, "pip", "pip_check", {"pip_version"}, {"pip_install_options"}, true);
        if (json::value const* const value = given("uv"))
            check_packages(*value, "uv", "uv_check", {"uv_version"}, {"uv_pip_install_options"}, false);
        if (json::value const* const value = given("conda"))
            if (!value->is_string() && !value->is_object())
                refuse(path("conda"), "must be a name, a file or a mapping", *value);
        if (json::value const* const value = given("config")) check_config(*value);
    }

private:
    static std::string path(std::string_view key) { return pointer_child("", key); }

    json::value const* given(std::string_view key) const
    {
        json::value const* const value = env_.if_contains(key);
        return value && !value->is_null() ? value : nullptr;
    }

    [[noreturn]] void refuse(std::string const& pointer, std::string const& why) const
    {
        throw failure(errc::bad_input, where_(pointer) + ": " + key_text(pointer) + " " + why);
    }

    [[noreturn]] void refuse(std::string const& pointer, std::string const& why, json::value const& value) const
    {
        refuse(pointer, why + ", not " + kind_of(value));
    }

    void must_be_text(json::value const& value, std::string const& pointer) const
    {
        if (!value.is_string()) refuse(pointer, "must be a text", value);
    }

    void must_be_flag(json::value const& value, std::string const& pointer) const
    {
        if (!value.is_bool()) refuse(pointer, "must be true or false", value);
    }

    void must_be_texts(json::value const& value, std::string const& pointer) const
    {
        if (!value.is_array()) refuse(pointer, "must be a list of texts", value);
        for (std::size_t i = 0; i < value.get_array().size(); ++i)
            must_be_text(value.get_array()[i], pointer_child(pointer, i));
    }

    void one_of(std::vector<std::string> const& keys) const
    {
        std::vector<std::string> found;
        std::copy_if(keys.begin(), keys.end(), std::back_inserter(found), [&](auto const& key) { return given(key); });
        if (found.size() > 1)
            refuse(
                path(found[1]), "cannot be given together with " + found[0] + ": Ray takes one of " + join(keys, ", ")
            );
    }

    void alone(std::string_view key, std::vector<std::string_view> const& with) const
    {
        json::value const* const value = given(key);
        if (!value || *value == json::value("") || *value == json::value(json::object())) return;
        for (auto const& [other, ignored] : env_)
            if (given(other) && std::find(with.begin(), with.end(), other) == with.end())
                refuse(path(other), "cannot be given together with " + std::string(key));
    }

    void check_variables(json::value const& value) const
    {
        std::string const pointer = path("env_vars");
        if (!value.is_object()) refuse(pointer, "must be a mapping of names to texts", value);
        for (auto const& [name, text] : value.get_object()) {
            std::string const at = pointer_child(pointer, name);
            if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string_view::npos)
                refuse(at, "is no name of an environment variable");
            if (text.is_bool() || text.is_number())
                refuse(at, "must be a text: write \"" + to_json(text) + "\" in quotes");
            must_be_text(text, at);
        }
    }

    void check_packages(
        json::value const& value, std::string const& name, std::string const& flag,
        std::vector<std::string> const& texts, std::vector<std::string> const& lists, bool takes_file
    ) const
    {
        std::string const pointer = path(name);
        if (value.is_string()) return;
        if (value.is_array()) return must_be_texts(value, pointer);
        if (!value.is_object()) refuse(pointer, "must be a list of packages, a requirements file or a mapping", value);
        std::vector<std::string> known = {"packages", flag};
        known.insert(known.end(), texts.begin(), texts.end());
        known.insert(known.end(), lists.begin(), lists.end());
        for (auto const& [key, one] : value.get_object()) {
            std::string const at = pointer_child(pointer, key);
            if (std::find(known.begin(), known.end(), key) == known.end())
                refuse(at, "is unknown: " + name + " takes " + join(known, ", "));
            if (key == flag) must_be_flag(one, at);
            if (std::find(texts.begin(), texts.end(), key) != texts.end()) must_be_text(one, at);
            if (std::find(lists.begin(), lists.end(), key) != lists.end()) must_be_texts(one, at);
            if (key == "packages" && !(takes_file && one.is_string())) must_be_texts(one, at);
        }
        if (!value.get_object().contains("packages")) refuse(pointer, "needs \"packages\"");
    }

    void check_config(json::value const& value) const
    {
        std::string const pointer = path("config");
        if (!value.is_object()) refuse(pointer, "must be a mapping", value);
        json::object const& config = value.get_object();
        if (json::value const* const one = config.if_contains("setup_timeout_seconds")) {
            bool const good = (one->is_int64() && (one->get_int64() > 0 || one->get_int64() == -1)) || one->is_uint64();
            if (!good) refuse(pointer + "/setup_timeout_seconds", "must be a whole number above 0, or -1 for no limit");
        }
        if (json::value const* const one = config.if_contains("eager_install"))
            must_be_flag(*one, pointer + "/eager_install");
        if (json::value const* const one = config.if_contains("log_files"); one && !one->is_null())
            must_be_texts(*one, pointer + "/log_files");
    }

    json::object const& env_;
    locator where_;
};

json::object as_mapping(json::value value, std::string const& where)
{
    if (value.is_null()) return {};
    if (!value.is_object())
        throw failure(errc::bad_input, where + ": a runtime environment must be a mapping, not " + kind_of(value));
    return std::move(value.get_object());
}

// JSON is read as such: YAML takes less of it (tabs) and more (comments).
bool looks_like_json(std::string_view text)
{
    std::string_view const trimmed = trim(text);
    if (!trimmed.starts_with('{')) return false;
    std::string_view const inside = trim(trimmed.substr(1));
    return inside.starts_with('"') || inside.starts_with('}');
}

bool names_a_file(std::string_view conda)
{
    return conda.ends_with(".yml") || conda.ends_with(".yaml") || conda.find('/') != std::string_view::npos;
}

bool is_yaml(std::string_view text)
{
    try {
        return !parse_yaml(text, std::string()).empty();
    } catch (failure const&) {
        return false;
    }
}

}  // namespace

json::object parse_runtime_env(std::string_view text, std::string source, value_locator* where)
{
    if (where != nullptr) *where = [source](std::string const& pointer) { return source + ": " + key_text(pointer); };

    if (looks_like_json(text)) {
        result<json::value> parsed = parse_json(text);
        if (!parsed && !is_yaml(text)) throw failure(parsed.error().with_context(source));
        if (parsed) {
            json::object env = as_mapping(std::move(*parsed), source);
            check_runtime_env(env, source);
            return env;
        }
    }
    std::vector<yaml_document> const documents = parse_yaml(text, source);
    if (documents.empty()) return {};
    if (documents.size() > 1)
        throw failure(
            errc::bad_input, source + ": one runtime environment is wanted, the file holds several documents"
        );
    yaml_document const& document = documents.front();
    if (where != nullptr)
        *where = [document](std::string const& pointer) { return document.where(pointer) + ": " + key_text(pointer); };
    json::object env = as_mapping(document.value(), document.where(""));
    checker(env, [&](std::string const& pointer) { return document.where(pointer); }).check();
    return env;
}

std::string first_local_path(json::object const& env)
{
    auto const is_local = [](json::value const& value) {
        return value.is_string() && value.get_string().find("://") == json::string::npos;
    };
    if (auto const* folder = env.if_contains("working_dir"); folder && is_local(*folder)) return "/working_dir";
    auto const* const modules = env.if_contains("py_modules");
    if (modules && modules->is_array()) {
        json::array const& all = modules->get_array();
        auto const first = std::find_if(all.begin(), all.end(), is_local);
        if (first != all.end()) return "/py_modules/" + std::to_string(first - all.begin());
    }
    // A text for pip or uv is always a file; one for conda may name an environment of the image.
    for (std::string const key : {"pip", "uv"}) {
        auto const* const packages = env.if_contains(key);
        if (packages && packages->is_string()) return "/" + key;
    }
    auto const* const conda = env.if_contains("conda");
    bool const is_file = conda && conda->is_string() && names_a_file(conda->get_string());
    return is_file ? "/conda" : std::string();
}

void check_runtime_env(json::object const& env, std::string const& source)
{
    checker(env, [&](std::string const&) { return source; }).check();
}

}  // namespace kuberay::ray
