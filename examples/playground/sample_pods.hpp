#pragma once

#include <kuberay/testing/pod_streams.hpp>

namespace playground {

/// Gives the pods of Ray clusters something to look at: a log of every container, files below
/// /tmp/ray/session_latest/logs that `tar`, `cat` and `ls` find, and a page where the dashboard is.
void fill_pods(kuberay::testing::api_server server, kuberay::testing::pod_streams streams);

}  // namespace playground
