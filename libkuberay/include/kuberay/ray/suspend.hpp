#pragma once

#include <kuberay/ray/edit.hpp>
#include <kuberay/ray/target.hpp>

#include <chrono>

namespace kuberay::ray {

enum class suspension { suspend, resume };

/// The patch that sets or clears `spec.suspend`. Pure. For a RayJob, suspending is refused (throws `failure`,
/// `errc::bad_input`) where the operator could not do it: shutdownAfterJobFinishes is off, clusterSelector is set,
/// or the job is finished.
edit_plan plan_suspension(target_kind kind, json::object const& object, suspension wanted);

/// Suspends or resumes a RayCluster, RayJob or RayCronJob. Errors: as `edit_object` and `plan_suspension`;
/// `errc::bad_input` for a RayService, which cannot be suspended.
task<edit_outcome>
set_suspension(kube::client on, std::string ns, target what, suspension wanted, edit_options options = edit_options());

/// Waits until the object says that it is suspended (a cron job is so at once). Errors: `errc::timed_out` naming the
/// state it was in; `errc::unsatisfiable` when it vanished or finished.
task<void> wait_suspended(kube::client on, std::string ns, target what, std::chrono::steady_clock::duration timeout);

}  // namespace kuberay::ray
