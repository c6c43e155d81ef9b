#pragma once

#include <chrono>

namespace kuberay::kube {

/// How the connection of a stream into a pod (exec, attach, port-forward) is kept alive and found to be lost. The same
/// for all of them.
struct liveness {
    liveness() = default;
    /// How often something is sent, so that no proxy in between takes the connection for idle. Zero: never, and a
    /// connection that falls silent is not noticed then.
    std::chrono::steady_clock::duration ping_interval = std::chrono::seconds(10);
    /// How long a connection may be silent while somebody reads, pings unanswered, before it counts as lost; whole
    /// intervals. The server answers pings only as far as the program in the pod takes its input, so it does not run
    /// while a write waits, nor after a write before pings behind it were answered: a program that does not read its
    /// input is healthy. (A peer that has vanished from the network is found meanwhile too: its kernel acknowledges
    /// nothing for a minute.) Zero: never.
    std::chrono::steady_clock::duration silence_limit = std::chrono::seconds(60);
};

}  // namespace kuberay::kube
