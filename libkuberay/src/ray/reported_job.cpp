#include <kuberay/ray/reported_job.hpp>

namespace kuberay::ray {

submitted_job reported_job(job const& of)
{
    submitted_job made;
    made.type = "SUBMISSION";
    made.submission_id = of.status.job_id;
    made.status = of.status.status;
    made.message = of.status.message;
    made.entrypoint = of.spec.entrypoint;
    made.start_time = of.status.start_time;
    made.end_time = of.status.end_time;
    return made;
}

}  // namespace kuberay::ray
