#pragma once

#include "streams/stream_host.hpp"

namespace kuberay::testing {

/// What exec runs when nobody said otherwise.
task<int> run_default_program(exec_call call);

/// What attach is connected to when nobody said otherwise: the log of the container as it grows.
task<int> show_log(std::shared_ptr<stream_host> host, exec_call call);

}  // namespace kuberay::testing
