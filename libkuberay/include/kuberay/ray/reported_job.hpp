#pragma once

#include <kuberay/ray/job.hpp>
#include <kuberay/ray/job_client.hpp>

namespace kuberay::ray {

/// What the operator has written down of a RayJob's job, as Ray would say it; it may be some seconds old. Pure.
submitted_job reported_job(job const& of);

}  // namespace kuberay::ray
