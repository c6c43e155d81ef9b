#pragma once

#include "ray/submission.hpp"

namespace kuberay::ray {

/// For a job that has ended before anybody could follow it: gives `sink` the output that its cluster still has, or else
/// the log of its submitter, and tells `trouble` what is missing.
///
/// Errors: those of `sink`.
task<void> read_late_output(shared_submission s, std::function<task<void>(std::string bytes)> sink);

/// The whole of the submitter's log (K8sJobMode, SidecarMode). False when there is none. Errors: those of
/// `kube::read_log`, and of `sink`.
task<bool> copy_submitter_log(kube::client on, job of, std::function<task<void>(std::string bytes)> sink);

}  // namespace kuberay::ray
