#pragma once

#include <kuberay/kube/logs.hpp>
#include <kuberay/net/http.hpp>

#include <string>

namespace kuberay::kube {

enum class log_end {
    now,   ///< what there is
    never  ///< and what comes
};

/// GET of a pod's log. Pure. Errors: `errc::bad_input` for names that cannot stand in a path, and for both `since` and
/// `since_time`. Source: reference kubernetes-clients 2.i.
net::http_request
log_request(std::string const& ns, std::string const& pod, log_options const& options, log_end end = log_end::now);

}  // namespace kuberay::kube
