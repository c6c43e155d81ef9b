#pragma once

#include "cli/context.hpp"

#include <kuberay/ray/job_client.hpp>

#include <string>

namespace cli::commands {

/// How a job is named on the command line: a RayJob, or a submission on a cluster or behind an address. A value.
struct job_name {
    job_name() = default;
    std::string ns, rayjob;            ///< a RayJob
    std::string id, cluster, address;  ///< or a submission

    /// For messages: `RayJob nightly`, `Ray job raysubmit_x`.
    std::string str() const;

    /// A command that acts on it, to be copied: `kubectl ray job stop nightly -n default`.
    std::string command(context const& on, std::string const& verb) const;
};

/// The commands that show the job again, stop it, and delete it, a line each.
void tell_ways_back(context const& on, job_name const& job);

/// How an outcome is told.
struct outcome_style {
    outcome_style() = default;
    bool stopped_ok = false;     ///< a stopped job is no failure
    bool showed_output = false;  ///< the last lines of the output need not be repeated
    bool coloured = false;
};

/// Says on stderr how the job ended, and what that means for the exit code: `failed` for one that failed, or was stopped
/// and should not have been.
exit_code report_outcome(context const& on, ray::submitted_job const& job, outcome_style how);

/// One line about how a job ended: "Ray job raysubmit_x failed: exit code 3". Pure.
std::string outcome_text(ray::submitted_job const& job, bool showed_output);

}  // namespace cli::commands
