#pragma once

#include <kuberay/ray/job_client.hpp>

namespace kuberay::ray {

enum class job_lane { requests, output };

/// Sends a request to the dashboard. Errors: as `job_client`; a status that is not 2xx is thrown as `refusal_of` it.
task<net::http_response> ask(job_client on, job_lane over, net::http_request request);

/// The whole answer as JSON, within the client's request timeout. Sent again after a lost connection when it is a GET.
/// Errors: also `errc::unexpected` for an answer that is no JSON.
task<json::value> ask_for_json(job_client on, net::http_request request);

/// The same for answers whose body says nothing.
task<void> ask_for_success(job_client on, net::http_request request);

/// The connection failed, not the request: another try may be spared that.
bool is_connection_error(error const& e) noexcept;

/// A 404 by the dashboard itself. That of the API server is about the cluster.
bool is_absent_there(error const& e) noexcept;

}  // namespace kuberay::ray
