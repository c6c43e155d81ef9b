#pragma once

#include "cli/context.hpp"

#include <kuberay/kube/api.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace cli::commands {

/// One object of a file, and where it stood.
struct manifest {
    manifest() = default;
    json::object object;
    std::string where;  ///< "jobs.yaml:12"

    std::string kind() const;
    std::string name() const;

    /// `rayjob/nightly`, for messages.
    std::string str() const;
};

/// The objects of files, of the .yaml, .yml and .json files of directories (in the order of their names), and of
/// standard input for `-`. Kubernetes lists are taken apart.
///
/// Errors: throws `failure`: a file that cannot be read or parsed; something without apiVersion, kind or name; a name that
/// cannot stand in a path.
std::vector<manifest> read_manifests(context const& on, std::vector<std::string> const& paths);

/// The place of an object on the server: its resource, and its namespace (its own, else that of the command line).
/// Errors: a kind that the server does not serve; a namespace that contradicts --namespace.
task<kube::api_core> place_of(context on, manifest of);

}  // namespace cli::commands
