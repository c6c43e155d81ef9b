#pragma once

#include "kube/request_log.hpp"

#include <kuberay/net/http.hpp>

#include <string>

namespace kuberay::kube {

/// The same answer, whose body is written to the log as it is read.
net::http_response with_logged_body(net::http_response response, request_log log, std::string target);

}  // namespace kuberay::kube
