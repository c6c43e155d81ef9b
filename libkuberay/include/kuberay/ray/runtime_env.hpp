#pragma once

#include <kuberay/ray/working_dir.hpp>

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

namespace json = boost::json;

/// Names the place where the value at a JSON pointer was written, and its key: "env.yaml:3:5: py_modules[0]".
using value_locator = std::function<std::string(std::string const& pointer)>;

/// Reads a runtime environment, YAML or JSON. `where` gets what names its places later. `source` is named in errors: `errc::bad_document` with line, or
/// `errc::bad_input` with the key, for what is no mapping or holds a value that Ray would refuse only after the job
/// started (env_vars that are not texts, pip with conda, excludes that are no list, ...). Unknown keys are kept.
json::object parse_runtime_env(std::string_view text, std::string source, value_locator* where = nullptr);

/// Checks one that was put together. Errors: as `parse_runtime_env`.
void check_runtime_env(json::object const& env, std::string const& source);

/// The JSON pointer of the first value that names a folder or file of this machine, which only a client that submits the
/// job can bring along; empty: none does. Pure.
std::string first_local_path(json::object const& env);

/// A runtime environment that a Ray head can use, and the packages that have to be there first.
struct resolved_runtime_env {
    resolved_runtime_env() = default;
    json::object env;  ///< `working_dir` and `py_modules` are URIs; pip, uv and conda files are inlined
    /// To be uploaded, in order, each once. Two of the same files below different folders would have one name in Ray's
    /// client, which then uploads only the first; here the second gets a name of its own.
    std::vector<package> packages;
    std::vector<std::string> notes;  ///< for a person: left out, overridden, empty
};

struct runtime_env_options {
    runtime_env_options() = default;
    std::optional<std::string> working_dir;  ///< of a flag: replaces that of the environment, with a note
    std::string working_dir_source;          ///< the name of that flag, for errors
    value_locator where;                     ///< for errors; empty: they name the key alone
    std::filesystem::path scratch;
    /// Names of variables of this process that Ray's client heeds: RAY_OVERRIDE_RUNTIME_ENV_DEFAULT_EXCLUDES,
    /// RAY_RUNTIME_ENV_IGNORE_GITIGNORE. Empty optional: not set.
    std::optional<std::string> override_default_excludes, ignore_gitignore;
    std::function<void(std::string const& path, std::uint64_t bytes_read)> on_progress;
};

/// Does what Ray's client does before it sends a runtime environment: packs local folders, reads requirement files, drops
/// empty keys. Remote URIs (http, https, s3, gs, azure, abfss, file, gcs, local) pass untouched; their extension is checked.
/// Relative paths are relative to the current directory. Blocks, as `pack_folder`.
///
/// Errors: as `pack_folder` and `check_runtime_env`, naming the key; `errc::bad_input` for `git+https` and the like, with
/// what to give instead, for an empty `working_dir`, and for a module that is neither a folder nor a wheel.
resolved_runtime_env resolve_runtime_env(json::object env, runtime_env_options options);

}  // namespace kuberay::ray
