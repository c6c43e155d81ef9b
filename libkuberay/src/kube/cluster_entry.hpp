#pragma once

#include "kube/entry_reader.hpp"
#include "kube/process_environment.hpp"
#include "kube/user_entry.hpp"

#include <kuberay/kube/config.hpp>

namespace kuberay::kube {

/// Which server: what a cluster entry and the options that replace parts of it give.
struct resolved_cluster {
    resolved_cluster() = default;
    net::connect_options connect;
    bool disable_compression = false;
    json::object exec_info;  ///< `spec.cluster` for an exec plugin
};

/// The server to use when no entry and no option names one, as kubectl does.
inline constexpr std::string_view default_server = "http://localhost:8080";

/// Problems go to the reader's list. `user` decides what a server without scheme means.
resolved_cluster resolve_cluster(
    entry_reader const& entry, load_options const& options, process_environment const& environment,
    resolved_user const& user
);

}  // namespace kuberay::kube
