#pragma once

#include <string>
#include <string_view>

namespace kuberay::kube {

/// What a role must allow for a request.
struct permission {
    permission() = default;
    std::string verb;      ///< get, list, watch, create, update, patch, delete, deletecollection
    std::string group;     ///< empty: the core group
    std::string resource;  ///< with sub-resource: `pods/exec`; empty for paths that are no resource
    std::string ns, name;
};

/// Reads a request target without the server's path prefix. Pure. Source: apiserver request.RequestInfo.
permission permission_of(std::string_view method, std::string_view target);

/// What the user can do about a 403; empty when the target is no resource.
std::string hint_of_permission(permission const& needed);

}  // namespace kuberay::kube
