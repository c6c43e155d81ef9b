#pragma once

#include "commands/job_subject.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cli::commands {

/// What was shown of a job.
struct shown_output {
    shown_output() = default;
    ray::submitted_job job;  ///< final
    std::uint64_t bytes = 0;
};

/// The job's output on stdout as it comes, byte for byte, until the job has ended. Before it prints anything its state is
/// a line on stderr. Errors: those of `ray::job_log_follower`.
task<shown_output> follow_output(context on, job_subject of);

/// The output so far, byte for byte. Errors: those of `ray::job_client::read_log`.
task<std::uint64_t> print_output(context on, job_subject of);

/// The jobs in Ray that the RayJob's attempts were, oldest first: `NAME-xxxxx` as the operator makes ids, and the present
/// one. Pure.
std::vector<ray::submitted_job> attempts_of(ray::job const& rayjob, std::vector<ray::submitted_job> const& on_cluster);

/// What the submitter pod of a RayJob (K8sJobMode) has printed, which is the job's output. Outcome: false when there is no
/// such pod.
task<bool> print_submitter_log(context on, std::string rayjob);

}  // namespace cli::commands
