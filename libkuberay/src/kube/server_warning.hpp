#pragma once

#include <kuberay/net/http.hpp>

#include <string>
#include <vector>

namespace kuberay::kube {

/// The texts of the `Warning` fields with code 299, safe for a terminal, in order. Pure.
/// Source: RFC 7234 section 5.5, apimachinery net.ParseWarningHeaders.
std::vector<std::string> server_warnings(net::http_fields const& fields);

}  // namespace kuberay::kube
