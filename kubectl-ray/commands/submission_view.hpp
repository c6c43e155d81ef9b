#pragma once

#include "cli/output_format.hpp"
#include "cli/printer.hpp"

#include <kuberay/ray/job_client.hpp>

#include <vector>

namespace cli::commands {

/// A job of the Jobs API in the shape of a Kubernetes object, its status named as in a RayJob, so that the same output
/// options and paths work for both: `metadata.name` is the submission id (the job id of a driver). Pure.
json::object submission_document(ray::submitted_job const& job);

/// How such documents are shown.
object_view submission_view();

/// How RayJobs are shown, by the columns of their CRD.
object_view rayjob_view(bool with_ns = false);

/// Shows them in the order in which they started. `none` goes to stderr when there are none.
void show_submissions(
    context const& on, output_flags const& how, std::vector<ray::submitted_job> jobs, std::string const& none
);

}  // namespace cli::commands
