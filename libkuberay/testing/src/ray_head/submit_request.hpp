#pragma once

#include "ray_head/head_job.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace kuberay::testing {

/// The line of the Python exception for what is wrong with a request to submit; absent when it is well formed.
std::optional<std::string> submit_fault(json::object const& request);

/// The line for labels that are no labels; absent when they are.
std::optional<std::string> label_fault(json::object const& request);

/// Fills in what a well-formed request asks for; the id may stay empty.
void fill_job(head_job& job, json::object const& request);

/// "raysubmit_" and 16 characters.
std::string new_submission_id();

}  // namespace kuberay::testing
