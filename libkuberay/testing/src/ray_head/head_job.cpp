#include "ray_head/head_job.hpp"

namespace kuberay::testing {

namespace {

json::value text_or_null(std::string const& text) { return text.empty() ? json::value() : json::value(text); }

template <class T>
json::value value_or_null(std::optional<T> const& value)
{
    return value ? json::value(*value) : json::value();
}

}  // namespace

bool head_job::is_finished() const noexcept
{
    return status == "SUCCEEDED" || status == "FAILED" || status == "STOPPED";
}

json::object details_of(head_job const& job, std::string const& node_id, std::string const& address)
{
    json::object shown;
    shown["type"] = job.is_driver ? "DRIVER" : "SUBMISSION";
    shown["job_id"] = text_or_null(job.job_id);
    shown["submission_id"] = text_or_null(job.submission_id);
    shown["driver_info"] = nullptr;
    if (job.is_driver) shown["driver_info"] = {{"id", job.job_id}, {"node_ip_address", "127.0.0.1"}, {"pid", "1"}};
    shown["status"] = job.status;
    shown["entrypoint"] = job.entrypoint;
    shown["message"] = text_or_null(job.message);
    shown["error_type"] = text_or_null(job.error_type);
    shown["start_time"] = job.start_time;
    shown["end_time"] = value_or_null(job.end_time);
    shown["metadata"] = job.metadata;
    shown["runtime_env"] = job.runtime_env;
    shown["driver_agent_http_address"] = job.placed ? json::value("http://" + address + ":52365") : json::value();
    shown["driver_node_id"] = job.placed ? json::value(node_id) : json::value();
    shown["driver_exit_code"] = value_or_null(job.exit_code);
    return shown;
}

}  // namespace kuberay::testing
