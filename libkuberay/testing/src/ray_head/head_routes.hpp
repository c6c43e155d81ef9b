#pragma once

#include "ray_head/head_answer.hpp"
#include "ray_head/head_core.hpp"
#include "ray_head/head_request.hpp"

#include <optional>

namespace kuberay::testing {

/// 401 or 403 in token mode; absent when the request may go on.
std::optional<head_answer> refuse_token(head_core const& core, head_request const& request);

/// What is answered; carries out what the request asks for.
head_answer answer_head_request(head_core& core, head_request const& request);

/// The routes of the log endpoints below /api/v0/logs.
head_answer list_logs(head_core& core, head_request const& request);
head_answer order_log(head_core& core, head_request const& request, std::string const& media);

/// GET /api/jobs/{id}/logs.
head_answer job_logs(head_core& core, head_job const& job);

}  // namespace kuberay::testing
