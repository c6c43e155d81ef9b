#pragma once

#include "ray_head/job_process.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kuberay::testing {

namespace json = boost::json;

/// A job of the head, and what runs for it.
struct head_job {
    head_job() = default;

    bool is_driver = false;  ///< not submitted: a program that connected by itself
    std::string job_id;      ///< of a driver
    std::string submission_id, entrypoint;
    std::string status = "PENDING", message = "Job has not started yet.", error_type;
    json::value metadata, runtime_env;  ///< null when not sent
    std::int64_t start_time = 0;        ///< ms
    std::optional<std::int64_t> end_time;
    bool placed = false;  ///< a node was chosen
    std::optional<int> exit_code;
    double cpus = 0, gpus = 0;
    bool has_resources = false;  ///< custom ones, which the head never has

    bool waits = false;  ///< for resources
    bool stop_asked = false;
    std::shared_ptr<job_process> process;
    asio::cancellation_signal cancel;  ///< of the task that runs it

    bool is_finished() const noexcept;
};

/// As GET shows it. `address` is that of the node.
json::object details_of(head_job const& job, std::string const& node_id, std::string const& address);

}  // namespace kuberay::testing
