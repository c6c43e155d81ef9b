#pragma once

#include <kuberay/kube/client.hpp>
#include <kuberay/kube/resource.hpp>

#include <optional>
#include <string>
#include <vector>

namespace kuberay::kube {

/// The server's resource that `name` stands for: a plural, singular, short name or kind in any case, optionally
/// followed by ".group" or ".version.group". nullopt: the server knows none.
/// Errors: as `client::send`; `errc::bad_input` when `name` fits several groups equally.
task<std::optional<resource_type>> find_resource(client on, std::string name);

/// The resource of an object's apiVersion and kind; nullopt when the server does not serve it.
task<std::optional<resource_type>> find_kind(client on, std::string api_version, std::string kind);

struct server_version {
    server_version() = default;
    std::string git_version, major, minor, platform;
};

/// GET /version.
task<server_version> read_server_version(client on);

}  // namespace kuberay::kube
