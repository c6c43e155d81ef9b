#pragma once

#include "commands/submit_flags.hpp"

#include <kuberay/ray/submit_job.hpp>

#include <string>

namespace cli::commands {

/// A submission as flags and files describe it. Nothing has been sent or packed.
struct submit_plan {
    submit_plan() = default;
    ray::submit_request request;  ///< its runtime environment is still to be resolved
    json::object runtime_env;     ///< as written
    ray::value_locator where;     ///< that was
    std::string ns, rayjob;       ///< `rayjob` empty: none is made
    bool generated_name = false, generated_id = false;
};

/// Reads the files and puts everything together. Sends nothing.
///
/// Errors: `failure` for a file that cannot be read, is none of what it should be, or contradicts the flags.
submit_plan plan_submission(context const& on, submit_flags const& how);

/// The RayCronJob that makes such jobs. Errors: as `ray::generate_cron_job`.
json::object plan_cron_job(submit_flags const& how, submit_plan const& plan);

/// Whether the job's cluster goes by itself after the end. Pure.
bool shuts_down(json::object const& rayjob);

}  // namespace cli::commands
