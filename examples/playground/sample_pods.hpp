#pragma once

#include "dashboards.hpp"

#include <kuberay/testing/pod_streams.hpp>

#include <memory>

namespace playground {

/// Gives the pods of Ray clusters something to look at: a log of every container, files below
/// /tmp/ray/session_latest/logs that `tar`, `cat` and `ls` find, the output of jobs among them.
void fill_pods(
    kuberay::testing::api_server server, kuberay::testing::pod_streams streams, std::shared_ptr<dashboards> heads
);

}  // namespace playground
