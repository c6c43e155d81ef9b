#pragma once

#include <kuberay/kube/core.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace kuberay::kube {

/// One run of a container, as its pod tells: what a log belongs to.
struct container_run {
    container_run() = default;

    enum class phase {
        waiting,  ///< has not run yet
        running,
        ended  ///< has terminated, also when it waits for its next start
    };
    std::string pod_uid;
    std::int64_t restarts = 0;
    phase is = phase::waiting;
};

/// The only container of the pod; empty when there are several.
std::string only_container(pod const& of);

/// Pure. A container that the pod does not have counts as running: the server's answer says what is wrong with it.
container_run run_of(pod const& of, std::string_view container);

}  // namespace kuberay::kube
