#pragma once

#include "answer_writer.hpp"
#include "server_core.hpp"

namespace kuberay::testing {

/// Sends the events of a watch until its time is over, the client leaves or the server ends it; then the connection
/// is closed.
task<void> serve_watch(
    std::shared_ptr<server_core> core, std::shared_ptr<server_connection> connection, answer_writer writer,
    api_answer answer
);

}  // namespace kuberay::testing
