#pragma once

#include "ray_head/head_core.hpp"

namespace kuberay::testing {

/// Writes the answer whose body is a log; false when the connection is good for nothing afterwards.
task<bool> send_log(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> to, head_answer answer,
    std::optional<head_fault> cut
);

/// The WebSocket that tails a job's log, to its end.
task<void> serve_tail(
    std::shared_ptr<head_core> core, std::shared_ptr<head_connection> to, std::string id, net::http_fields fields,
    std::optional<head_fault> cut
);

/// Notices that the client leaves a connection on which it only listens: sets `gone` and notifies the core.
void watch_client(std::shared_ptr<head_core> const& core, std::shared_ptr<head_connection> const& connection);

}  // namespace kuberay::testing
