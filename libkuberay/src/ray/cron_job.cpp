#include "ray/job_fields.hpp"

#include <kuberay/ray/cron_job.hpp>

namespace kuberay {
namespace {

// On the wire the schedule stands in spec and the last run in status.
struct cron_spec {
    std::string schedule, time_zone;
    bool suspend = false;
    ray::job_spec job_template;
};

struct cron_status {
    std::optional<timestamp> last_schedule_time;
    bool operator==(cron_status const&) const = default;
};

}  // namespace

template <>
struct field_table<cron_spec> {
    using t = cron_spec;
    static constexpr auto fields = std::tuple{
        field{"jobTemplate", &t::job_template},
        field{"schedule", &t::schedule},
        field{"timeZone", &t::time_zone},
        field{"suspend", &t::suspend},
    };
};

template <>
struct field_table<cron_status> {
    using t = cron_status;
    static constexpr auto fields = std::tuple{field{"lastScheduleTime", &t::last_schedule_time}};
};

}  // namespace kuberay

namespace kuberay::ray {
namespace {

struct cron_document {
    kube::object_meta metadata;
    cron_spec spec;
    cron_status status;

    static kube::resource_type const& type() { return cron_job::type(); }
};

}  // namespace
}  // namespace kuberay::ray

namespace kuberay {

template <>
struct field_table<ray::cron_document> {
    using t = ray::cron_document;
    static constexpr auto fields = std::tuple{
        field{"metadata", &t::metadata},
        field{"spec", &t::spec},
        field{"status", &t::status},
    };
};

}  // namespace kuberay

namespace kuberay::ray {

kube::resource_type const& cron_job::type()
{
    static kube::resource_type const type("ray.io", "v1", "RayCronJob", "raycronjobs");
    return type;
}

cron_job cron_job::from_json(json::value const& document)
{
    auto read = read_fields<cron_document>(document);
    cron_job job;
    job.metadata = std::move(read.metadata);
    job.schedule = std::move(read.spec.schedule);
    job.time_zone = std::move(read.spec.time_zone);
    job.suspend = read.spec.suspend;
    job.job_template = std::move(read.spec.job_template);
    job.last_schedule_time = read.status.last_schedule_time;
    return job;
}

json::object cron_job::to_json() const
{
    cron_document document;
    document.metadata = metadata;
    document.spec.schedule = schedule;
    document.spec.time_zone = time_zone;
    document.spec.suspend = suspend;
    document.spec.job_template = job_template;
    document.status.last_schedule_time = last_schedule_time;
    return write_document(document);
}

}  // namespace kuberay::ray
