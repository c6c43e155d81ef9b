#pragma once

#include "server_core.hpp"

#include <utility>

namespace kuberay::testing {

/// Stops the server with the last handle; connections only hold the core.
struct api_server::owner {
    owner(asio::any_io_executor executor, api_server_options options)
        : core(std::make_shared<server_core>(std::move(executor), std::move(options)))
    {
    }

    owner(owner const&) = delete;
    owner& operator=(owner const&) = delete;

    ~owner()
    {
        core->observers.clear();
        core->stop();
    }

    std::shared_ptr<server_core> core;
};

}  // namespace kuberay::testing
