#include "ray/job_fields.hpp"

#include <kuberay/ray/job.hpp>

namespace kuberay::ray {

kube::resource_type const& job::type()
{
    static kube::resource_type const type("ray.io", "v1", "RayJob", "rayjobs");
    return type;
}

job job::from_json(json::value const& document) { return read_fields<job>(document); }

json::object job::to_json() const { return write_document(*this); }

bool is_finished(job_status const& status) noexcept
{
    auto const& by_operator = status.deployment_status;
    return by_operator == job_deployment::complete || by_operator == job_deployment::failed
           || by_operator == job_deployment::validation_failed;
}

}  // namespace kuberay::ray
