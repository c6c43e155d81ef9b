#pragma once

#include "ray/job_requests.hpp"
#include "ray/output_position.hpp"

#include <kuberay/ray/job_client.hpp>

#include <functional>
#include <memory>
#include <string>

namespace kuberay::ray {

using output_sink = std::function<task<void>(std::string bytes)>;

/// Throws `failure`, `errc::bad_input`, for a program that connected by itself: its output went elsewhere.
void require_own_output(submitted_job const& of);

/// One attempt at a job's output.
struct output_attempt {
    output_attempt() = default;
    submitted_job of;  ///< with its driver node for `stream` and `file`
    output_way way = output_way::file;
    log_naming naming = log_naming::by_submission;
};

/// Reads on behind `position`, which moves with what `sink` took, to the end of what that way gives: the present end for
/// `file` and `text`, the server's choice for `tail`; a `stream` ends by failure only.
///
/// Errors: refusals as `job_client`; `errc::connection_lost` when it was cut; `errc::unexpected` when the output is shorter
/// than the position; those of `sink`.
task<void> read_output(job_client on, output_attempt what, std::shared_ptr<output_position> position, output_sink sink);

/// Reads on behind `position` to the end of what there is now, by the best way that works; connections that were cut are
/// made again, a few times. Errors: those of the last way.
task<void>
read_present_output(job_client on, submitted_job of, std::shared_ptr<output_position> position, output_sink sink);

}  // namespace kuberay::ray
