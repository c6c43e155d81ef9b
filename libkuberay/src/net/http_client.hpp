#pragma once

#include "net/connection_pool.hpp"

#include <kuberay/net/http.hpp>

#include <memory>
#include <string>

namespace kuberay::net {

/// `make_http_client` with the connections and the clock to be given. `authority` goes into the Host header; the bounds
/// of the pool are taken from `options`.
std::shared_ptr<transport> make_http_client_over(
    asio::any_io_executor executor, std::string authority, pool_options connections, http_client_options options
);

}  // namespace kuberay::net
