#include "base/json_fields.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/ray/job_client.hpp>

#include <tuple>

namespace kuberay {

template <>
struct field_table<ray::job_submission> {
    using t = ray::job_submission;
    static constexpr auto fields = std::tuple{
        field{"entrypoint", &t::entrypoint},
        field{"submission_id", &t::submission_id},
        field{"runtime_env", &t::runtime_env},
        field{"metadata", &t::metadata},
        field{"entrypoint_num_cpus", &t::entrypoint_num_cpus},
        field{"entrypoint_num_gpus", &t::entrypoint_num_gpus},
        field{"entrypoint_memory", &t::entrypoint_memory},
        field{"entrypoint_resources", &t::entrypoint_resources},
        field{"entrypoint_label_selector", &t::entrypoint_label_selector},
    };
};

template <>
struct field_table<ray::submitted_job> {
    using t = ray::submitted_job;
    static constexpr auto fields = std::tuple{
        field{"type", &t::type},
        field{"job_id", &t::job_id},
        field{"submission_id", &t::submission_id},
        field{"status", &t::status},
        field{"entrypoint", &t::entrypoint},
        field{"message", &t::message},
        field{"error_type", &t::error_type},
        field{"metadata", &t::metadata},
        field{"runtime_env", &t::runtime_env},
        field{"driver_node_id", &t::driver_node_id},
        field{"driver_exit_code", &t::driver_exit_code},
    };
};

}  // namespace kuberay

namespace kuberay::ray {
namespace {

// Milliseconds of Unix time; a driver that still runs has an end of 0.
std::optional<timestamp> moment_at(json::value const& document, std::string_view name)
{
    auto const milliseconds = int_at(document, name);
    if (!milliseconds || *milliseconds <= 0) return std::nullopt;
    constexpr std::int64_t longest = std::int64_t(9'000'000'000'000);  // the year 2255
    if (*milliseconds > longest) return std::nullopt;
    return timestamp(std::chrono::milliseconds(*milliseconds));
}

}  // namespace

json::object job_submission::to_json() const { return write_fields(*this); }

bool submitted_job::is_finished() const noexcept
{
    return status == job_phase::stopped || status == job_phase::succeeded || status == job_phase::failed;
}

submitted_job submitted_job::from_json(json::value const& document)
{
    submitted_job made = read_fields<submitted_job>(document, "job");
    made.start_time = moment_at(document, "start_time");
    made.end_time = moment_at(document, "end_time");
    return made;
}

}  // namespace kuberay::ray
