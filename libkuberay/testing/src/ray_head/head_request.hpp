#pragma once

#include <kuberay/net/http.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kuberay::testing {

/// A request to the head. A value.
struct head_request {
    head_request() = default;
    head_request(std::string method, std::string const& target, net::http_fields fields);

    std::string method;
    std::vector<std::string> segments;  ///< of the path, decoded; a trailing slash makes an empty last one
    std::vector<std::pair<std::string, std::string>> query;
    net::http_fields fields;
    std::string body;

    /// The first value of a query parameter, or an empty text.
    std::string parameter(std::string_view name) const;
    bool has_parameter(std::string_view name) const;

    /// The path has these segments; "*" stands for any that is not empty.
    bool is(std::vector<std::string_view> const& path) const;
    /// Its fields are those of a browser.
    bool is_from_browser() const;
};

}  // namespace kuberay::testing
