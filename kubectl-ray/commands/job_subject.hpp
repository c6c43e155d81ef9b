#pragma once

#include "commands/job_outcome.hpp"
#include "commands/job_place.hpp"

#include <kuberay/ray/job.hpp>

#include <functional>
#include <optional>
#include <string>

namespace cli::commands {

/// A job that a command line names, and the dashboard that knows it. A value.
struct job_subject {
    job_subject(job_name named, ray::job_client known_by);
    job_name name;  ///< `id` is set
    ray::job_client dashboard;
    std::optional<ray::job> rayjob;
};

/// Reads NAME or rayjob/NAME; with a place, a submission id. Errors: `usage_error`. Pure.
std::string read_job_word(std::string const& word, bool is_submission);

/// The RayJob as it is. Errors: `reason::not_found` naming it.
task<ray::job> read_rayjob(context on, std::string name);

/// Finds the job now.
///
/// Errors: `reason::not_found`; `errc::unsatisfiable` for a RayJob that has no job in Ray yet, or whose cluster is gone,
/// with what can be done instead; those of the cluster's token.
task<job_subject> find_job(context on, job_place place, std::string name);

/// The same, but waits (with a line on stderr) until a RayJob has a cluster and a job in Ray. Errors: also
/// `errc::unsatisfiable` when that can no longer be.
task<job_subject> await_job(context on, job_place place, std::string name);

/// Asks Ray again and again until the job has ended; `on_wait` is told what it is before each pause. Errors: those of
/// `ray::job_client::get`.
task<ray::submitted_job> await_end(job_subject of, std::function<void(ray::submitted_job const&)> on_wait);

}  // namespace cli::commands
