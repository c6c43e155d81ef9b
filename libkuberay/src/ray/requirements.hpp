#pragma once

#include <kuberay/base/error.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace kuberay::ray {

/// What Ray's client makes of `pip` and `uv` before it sends them: the object form, with the lines of a requirements file
/// instead of its name and every package once. Empty when there are no packages. `value` has passed `check_runtime_env`.
/// Errors: the system's code for the file.
boost::json::object resolve_pip(boost::json::value const& value);
boost::json::object resolve_uv(boost::json::value const& value);

/// What it makes of `conda`: the content of a .yaml or .yml file, else the name or the folder itself.
/// Errors: as above; `errc::bad_document` for bad YAML; `errc::bad_input` for a file that holds no mapping.
boost::json::value resolve_conda(boost::json::value const& value);

/// `config` with the fields left out set to Ray's defaults.
boost::json::object resolve_config(boost::json::object const& value);

}  // namespace kuberay::ray
