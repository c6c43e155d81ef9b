#pragma once

#include <kuberay/base/task.hpp>

#include <chrono>
#include <functional>

namespace kuberay::kube {

/// Time and chance as a watcher sees them; the default is the real thing, tests replace it.
struct watch_environment {
    using clock = std::chrono::steady_clock;

    watch_environment();

    std::function<clock::time_point()> now;
    std::function<task<void>(clock::duration)> sleep;
    /// Runs a step under a limit (zero: none); `errc::timed_out` when it passed.
    std::function<task<void>(clock::duration limit, task<void> step)> bounded;
    /// Evenly in [0, 1).
    std::function<double()> random;
};

/// How long to wait before the next attempt: 0.8 s, doubled each time up to 30 s, each stretched by up to its double;
/// from the start again when the last failure is more than two minutes ago. Numbers of client-go's reflector.
class backoff {
public:
    watch_environment::clock::duration next(watch_environment const& in);

private:
    int failures_ = 0;
    watch_environment::clock::time_point last_;
};

}  // namespace kuberay::kube
