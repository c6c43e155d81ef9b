#pragma once

#include <kuberay/net/http.hpp>
#include <kuberay/ray/job_client.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kuberay::ray {

/// The request as it goes to the dashboard: with prefix, fields, token and User-Agent. Pure. Ray refuses to change
/// anything for a User-Agent that begins with "Mozilla".
net::http_request dressed(net::http_request request, job_client_options const& options);

/// "/api/jobs/ID" and what follows it.
std::string job_target(std::string_view id, std::string_view behind = std::string_view());

/// "/api/packages/gcs/NAME".
std::string package_target(std::string_view name);

net::http_request submit_request(job_submission const& what);

/// How the log file of a job is named in a request; older servers know only the file's name.
enum class log_naming { by_submission, by_file };

/// The whole log file of a job whose driver node is known: as it is now (`file`), or with all that is still to come.
std::string log_file_target(submitted_job const& of, log_naming naming);
std::string log_stream_target(submitted_job const& of, log_naming naming);

/// The line of an error's body that says what is wrong: the message of the exception in a Python traceback (of the inner
/// one, when a traceback is told in another), the message of a JSON envelope, else the first line. Printable, bounded.
std::string useful_line(std::string_view body);

/// What an answer that is not 2xx means. `request` is the one before it was dressed.
error refusal_of(
    net::http_request const& request, bool has_credentials, int http_status, net::http_fields const& fields,
    std::string_view body
);

/// Errors: throws `failure`, `errc::unexpected`, when this is no answer of a Ray dashboard.
job_server_version version_of(json::value const& answer);

/// Errors: throws `failure`, `errc::bad_document`.
std::vector<submitted_job> jobs_of(json::value const& answer);

}  // namespace kuberay::ray
