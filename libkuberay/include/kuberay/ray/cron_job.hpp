#pragma once

#include <kuberay/ray/job.hpp>

namespace kuberay::ray {

/// A RayCronJob (behind an operator feature gate). Satisfies `kube::resource`; read, never written back whole.
struct cron_job {
    cron_job() = default;
    kube::object_meta metadata;
    std::string schedule, time_zone;
    bool suspend = false;
    job_spec job_template;
    std::optional<timestamp> last_schedule_time;

    static kube::resource_type const& type();

    /// Errors: throws `failure`, `errc::bad_document`, naming the field that has the wrong type.
    static cron_job from_json(json::value const& document);

    /// Only what is set.
    json::object to_json() const;
};

}  // namespace kuberay::ray
