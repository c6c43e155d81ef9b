#pragma once

#include "kube/exec_progress.hpp"

#include <kuberay/base/task.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace kuberay::kube {

/// How long a server may take to close after the Status, and how long a failed write waits for a reader to see why.
inline constexpr std::chrono::seconds exec_patience(1);

/// What the tasks of one session share, whatever its protocol.
struct exec_shared {
    exec_shared(asio::any_io_executor executor, exec_terms terms)
        : progress(std::move(terms))
        , changed(std::move(executor))
    {
    }

    exec_options const& options() const noexcept { return progress.terms().options; }

    exec_progress progress;
    condition changed;
};

/// Awaits a write. One that fails after the Status is no failure; before it, it may only be ahead of a reader who is
/// about to see the Status that the server left behind. Errors: `errc::connection_lost`.
task<void> settle_write(std::shared_ptr<exec_shared> on, task<void> writing);

}  // namespace kuberay::kube
