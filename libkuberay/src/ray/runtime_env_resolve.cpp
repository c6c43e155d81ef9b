#include "ray/package_hash.hpp"
#include "ray/package_source.hpp"
#include "ray/requirements.hpp"

#include <kuberay/base/text.hpp>
#include <kuberay/ray/runtime_env.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace kuberay::ray {
namespace {

constexpr std::array<std::string_view, 17> known_keys = {
    "py_modules", "py_executable", "java_jars",   "working_dir",  "conda",     "pip",
    "uv",         "container",     "excludes",    "env_vars",     "config",    "worker_process_setup_hook",
    "_nsight",    "nsight",        "rocprof_sys", "_rocprof_sys", "image_uri",
};

std::string in_quotes(std::string_view text) { return "\"" + printable_line(text) + "\""; }

// The first of them, and how many more there are.
std::string some_of(std::vector<std::string> const& all)
{
    constexpr std::size_t shown = 5;
    std::vector<std::string> first;
    for (std::size_t i = 0; i < std::min(shown, all.size()); ++i)
        first.push_back(in_quotes(all[i]));
    std::string text = join(first, ", ");
    if (all.size() > shown) text += " and " + std::to_string(all.size() - shown) + " more";
    return text;
}

// What stands at a path of this machine.
struct local_item {
    explicit local_item(std::string const& path)
    {
        std::error_code failed;
        auto const status = std::filesystem::status(path, failed);
        if (!std::filesystem::exists(status)) {
            if (!failed) failed = std::make_error_code(std::errc::no_such_file_or_directory);
            throw failure(
                error_code(failed.value(), boost::system::system_category()), "could not read " + in_quotes(path)
            );
        }
        is_folder = std::filesystem::is_directory(status);
        for (std::string_view const one : {".zip", ".tar.gz", ".tgz", ".tar.xz", ".whl"})
            is_archive = is_archive || path.ends_with(one);
    }

    bool is_folder = false, is_archive = false;
};

class resolver {
public:
    resolver(json::object env, runtime_env_options options)
        : options_(std::move(options))
    {
        made_.env = std::move(env);
    }

    resolved_runtime_env run()
    {
        drop_empty();
        replace_working_dir();
        check_runtime_env(made_.env, "the runtime environment");
        note_unknown_keys();
        pack_working_dir();
        pack_modules();
        resolve_files();
        drop_empty();
        return std::move(made_);
    }

private:
    json::object& env() { return made_.env; }

    void note(std::string text) { made_.notes.push_back(std::move(text)); }

    // What Ray's client does not send.
    void drop_empty()
    {
        for (auto one = env().begin(); one != env().end();) {
            json::value const& value = one->value();
            bool const is_empty =
                (value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty());
            std::string_view const key = one->key();
            bool const counts = key == "env_vars" || key == "excludes" || key == "pip" || key == "uv";
            if (value.is_null() || (is_empty && counts))
                one = env().erase(one);
            else
                ++one;
        }
    }

    void replace_working_dir()
    {
        if (!options_.working_dir) return;
        json::value const* const before = env().if_contains("working_dir");
        if (before && before->is_string() && before->get_string() != *options_.working_dir)
            note(
                "the working directory " + in_quotes(before->get_string())
                + " of the runtime environment is replaced by " + in_quotes(*options_.working_dir)
            );
        env()["working_dir"] = *options_.working_dir;
    }

    void note_unknown_keys()
    {
        std::vector<std::string> const known(known_keys.begin(), known_keys.end());
        for (auto const& [key, value] : env()) {
            if (key.starts_with("_") || std::find(known.begin(), known.end(), key) != known.end()) continue;
            std::vector<std::string> const meant = nearest(key, known);
            note(
                "the runtime environment's key " + in_quotes(key) + " is unknown and sent as it is"
                + (meant.empty() ? "" : "; " + in_quotes(meant.front()) + " is known")
            );
        }
    }

    package_options package_settings(bool is_working_dir) const
    {
        package_options settings;
        settings.scratch = options_.scratch;
        settings.use_gitignore = options_.ignore_gitignore.value_or("0") != "1";
        if (json::value const* const excludes = made_.env.if_contains("excludes"))
            for (json::value const& one : excludes->get_array())
                settings.excludes.emplace_back(one.get_string());
        if (!is_working_dir) {
            settings.default_excludes.clear();
        } else if (options_.override_default_excludes) {
            settings.default_excludes.clear();
            for (std::string const& one : split(*options_.override_default_excludes, ','))
                if (std::string_view const name = trim(one); !name.empty())
                    settings.default_excludes.emplace_back(name);
        }
        return settings;
    }

    package pack(std::string const& path, package_options settings)
    {
        std::function<void(std::uint64_t)> progress;
        if (options_.on_progress) progress = [&](std::uint64_t bytes) { options_.on_progress(path, bytes); };
        package made = pack_folder(path, std::move(settings), std::move(progress));
        note_package(path, made);
        return made;
    }

    void note_package(std::string const& path, package const& made)
    {
        package_notes const& notes = made.notes;
        if (!notes.default_excluded.empty())
            note(
                some_of(notes.default_excluded) + " in " + in_quotes(path) + " is left out by default; "
                + "RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES, a list separated by commas, replaces the default"
            );
        if (!notes.unreadable.empty()) note("left out, because it cannot be read: " + some_of(notes.unreadable));
        if (!notes.dangling.empty()) note("left out, a link that leads nowhere: " + some_of(notes.dangling));
        if (!notes.loops.empty()) note("left out, a link back to a folder above it: " + some_of(notes.loops));
        if (notes.is_empty)
            note(
                "the package of " + in_quotes(path)
                + " holds no file; a pattern such as * or /* in excludes, .gitignore or "
                + ".rayignore leaves out the folder itself, whatever a later ! says"
            );
    }

    // Uploaded once by name. Packages of one name hold the same files, but perhaps below another folder.
    std::string add(package made, std::string const& parent)
    {
        for (std::size_t i = 0; i < made_.packages.size(); ++i) {
            if (made_.packages[i].name != made.name) continue;
            if (parents_[i] == parent) return made.uri();
            sha1 hash;
            hash.begin();
            hash.add(made.name + "/" + parent);
            sha1::digest const digest = hash.end();
            made.name = "_ray_pkg_" + hex_of(digest.data(), digest.size()) + ".zip";
            return add(std::move(made), parent);
        }
        std::string uri = made.uri();
        made_.packages.push_back(std::move(made));
        parents_.push_back(parent);
        return uri;
    }

    // An error of `what` names the place that it is about.
    template <class Operation>
    void at(std::string const& pointer, std::string const& key, Operation what)
    {
        try {
            what();
        } catch (failure const& wrong) {
            bool const of_flag = pointer == "/working_dir" && options_.working_dir;
            std::string place = of_flag ? options_.working_dir_source : std::string();
            if (place.empty()) place = options_.where ? options_.where(pointer) : key;
            throw failure(wrong.error().with_context(std::move(place)));
        }
    }

    void pack_working_dir()
    {
        json::value* const value = env().if_contains("working_dir");
        if (value) at("/working_dir", "working_dir", [&] { pack_working_dir(*value); });
    }

    void pack_working_dir(json::value& value)
    {
        std::string const path(value.get_string());
        if (path.empty()) throw failure(errc::bad_input, "it is empty; \".\" stands for the current directory");
        if (is_package_uri(path, package_use::working_dir)) return;
        local_item const what(path);
        if (what.is_folder) {
            value = add(pack(path, package_settings(true)), std::string());
            return;
        }
        if (path.ends_with(".whl") || !what.is_archive)
            throw failure(
                errc::bad_input, in_quotes(path) + " is neither a folder nor a .zip, .tar.gz, .tgz or .tar.xz"
            );
        if (env().contains("excludes"))
            note("excludes do not count for " + in_quotes(path) + ", which is packed already");
        value = add(pack_archive(path), std::string());
    }

    void pack_modules()
    {
        json::value* const value = env().if_contains("py_modules");
        if (!value) return;
        for (std::size_t i = 0; i < value->get_array().size(); ++i) {
            json::value& module = value->get_array()[i];
            std::string const number = std::to_string(i);
            at("/py_modules/" + number, "py_modules[" + number + "]",
               [&] { module = pack_module(std::string(module.get_string())); });
        }
    }

    std::string pack_module(std::string const& path)
    {
        if (path.empty()) throw failure(errc::bad_input, "it is empty");
        if (is_package_uri(path, package_use::module)) return path;
        local_item const what(path);
        if (what.is_folder) {
            package_options settings = package_settings(false);
            auto const whole = (std::filesystem::absolute(path) / "").lexically_normal();
            settings.parent = whole.parent_path().filename().string();
            std::string const parent = settings.parent;
            return add(pack(path, std::move(settings)), parent);
        }
        if (path.ends_with(".whl")) return add(pack_archive(path), std::string());
        error what_is_wrong(errc::bad_input, in_quotes(path) + " is neither a folder nor a .whl");
        throw failure(
            path.ends_with(".py")
                ? what_is_wrong.with_hint("put the file into a folder and name that, or into working_dir")
                : what_is_wrong
        );
    }

    void resolve_files()
    {
        if (json::value* const value = env().if_contains("pip"))
            at("/pip", "pip", [&] { *value = resolve_pip(*value); });
        if (json::value* const value = env().if_contains("uv")) at("/uv", "uv", [&] { *value = resolve_uv(*value); });
        if (json::value* const value = env().if_contains("conda"))
            at("/conda", "conda", [&] { *value = resolve_conda(*value); });
        if (json::value* const value = env().if_contains("config")) *value = resolve_config(value->get_object());
    }

    resolved_runtime_env made_;
    std::vector<std::string> parents_;  // of the packages: their folder above everything
    runtime_env_options options_;
};

}  // namespace

resolved_runtime_env resolve_runtime_env(json::object env, runtime_env_options options)
{
    return resolver(std::move(env), std::move(options)).run();
}

}  // namespace kuberay::ray
