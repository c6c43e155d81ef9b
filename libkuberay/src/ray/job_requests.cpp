#include "ray/job_requests.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>
#include <kuberay/kube/client.hpp>
#include <kuberay/net/endpoint.hpp>
#include <kuberay/version.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>

namespace kuberay::ray {
namespace {

constexpr std::size_t longest_line = 1000;

std::string log_query(submitted_job const& of, log_naming naming)
{
    std::string const id = net::percent_encode(of.submission_id);
    std::string const which =
        naming == log_naming::by_submission ? "submission_id=" + id : "filename=job-driver-" + id + ".log";
    return which + "&node_id=" + net::percent_encode(of.driver_node_id) + "&lines=-1";
}

bool says_something(std::string_view line)
{
    return std::any_of(line.begin(), line.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0;
    });
}

bool is_of_name(char c) noexcept { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_'; }

// "package.SomeError: " goes, what it says stays.
std::string_view without_class(std::string_view line)
{
    std::size_t const colon = line.find(": ");
    if (colon == std::string_view::npos) return line;
    std::string_view const word = line.substr(0, colon);
    bool const is_class =
        std::all_of(word.begin(), word.end(), is_of_name) && (word.ends_with("Error") || word.ends_with("Exception"));
    return is_class ? line.substr(colon + 2) : line;
}

// The line that names the exception, the last of them when one is told in another; else the first line.
std::string_view telling_line(std::string_view body)
{
    std::string_view first, last, last_exception;
    while (!body.empty()) {
        std::size_t const end = std::min(body.find('\n'), body.size());
        std::string_view const line = body.substr(0, end);
        body.remove_prefix(std::min(end + 1, body.size()));
        if (!says_something(line)) continue;
        if (first.empty()) first = line;
        last = line;
        if (without_class(line).size() != line.size()) last_exception = line;
    }
    if (!first.starts_with("Traceback")) return first;
    return last_exception.empty() ? last : last_exception;
}

// A request that the dashboard passed on to its agent.
std::string_view without_inner_status(std::string_view line)
{
    constexpr std::string_view before = "Request failed with status code ";
    if (!line.starts_with(before)) return line;
    std::size_t const colon = line.find(": ", before.size());
    return colon == std::string_view::npos ? line : line.substr(colon + 2);
}

std::string_view innermost(std::string_view line)
{
    for (;;) {
        std::string_view const shorter = without_inner_status(without_class(trim(line)));
        if (shorter.size() == line.size() || shorter.empty()) return line;
        line = shorter;
    }
}

std::string message_of(net::http_fields const& fields, int http_status, std::string_view body)
{
    bool const is_page = to_lower(fields.get("Content-Type")).starts_with("text/html");
    if (is_page) return kube::decode_status(http_status, fields, body, "GET").message;
    return useful_line(body);
}

std::string_view reason_for(net::http_request const& request, std::string_view message)
{
    bool const is_submission = request.method == "POST" && request.target == "/api/jobs/";
    if (is_submission && message.find("already exists") != std::string_view::npos) return "AlreadyExists";
    bool const is_deletion = request.method == "DELETE" && message.find("non-terminal") != std::string_view::npos;
    return is_deletion ? "Conflict" : std::string_view();
}

}  // namespace

net::http_request dressed(net::http_request request, job_client_options const& options)
{
    request.target = options.path_prefix + request.target;
    for (auto const& [name, value] : options.fields)
        request.fields.add(name, value);
    if (!request.fields.contains("User-Agent")) request.fields.set("User-Agent", "kuberay/" KUBERAY_VERSION);
    if (!options.token.empty() && !request.fields.contains("Authorization"))
        request.fields.set("Authorization", "Bearer " + std::string(trim(options.token)));
    return request;
}

std::string job_target(std::string_view id, std::string_view behind)
{
    return "/api/jobs/" + net::percent_encode(id) + std::string(behind);
}

std::string package_target(std::string_view name) { return "/api/packages/gcs/" + net::percent_encode(name); }

net::http_request submit_request(job_submission const& what)
{
    net::http_request request("POST", "/api/jobs/");
    request.fields.set("Content-Type", "application/json");
    request.body = kuberay::to_json(what.to_json());
    return request;
}

std::string log_file_target(submitted_job const& of, log_naming naming)
{
    // The server's limit for the whole answer, in seconds; its default of 30 would cut slow readers off.
    return "/api/v0/logs/file?" + log_query(of, naming) + "&timeout=86400";
}

std::string log_stream_target(submitted_job const& of, log_naming naming)
{
    return "/api/v0/logs/stream?" + log_query(of, naming) + "&interval=0.1";
}

std::string useful_line(std::string_view body)
{
    std::string_view const trimmed = trim(body);
    if (trimmed.starts_with('{')) {
        result<json::value> const parsed = parse_json(trimmed);
        std::string_view const said = parsed ? string_at(*parsed, "msg") : std::string_view();
        if (!said.empty()) return printable_line(innermost(telling_line(said)).substr(0, longest_line));
    }
    std::string_view line = innermost(telling_line(trimmed)).substr(0, longest_line);
    if (line.ends_with('.')) line.remove_suffix(1);
    return printable_line(line);
}

error refusal_of(
    net::http_request const& request, bool has_credentials, int http_status, net::http_fields const& fields,
    std::string_view body
)
{
    server_status status;
    status.http_status = http_status;
    status.message = message_of(fields, http_status, body);
    status.reason = reason_for(request, status.message);
    std::string const where = request.method + " " + request.target.substr(0, request.target.find('?'));
    std::string const context = where + " of the Ray dashboard";
    if (http_status < 400) {
        error const elsewhere(
            errc::unexpected, status, context + ": the server answered " + std::to_string(http_status)
        );
        return elsewhere.with_hint("A proxy with a login may stand before the dashboard: give it what it asks for as "
                                   "header fields, or go through the cluster.");
    }
    if (http_status == 413) return error(errc::too_large, status, context);
    error const refused(status, context);
    if (http_status == 401 && !has_credentials)
        return refused.with_hint("The dashboard asks for a token: set RAY_AUTH_TOKEN.");
    if (http_status == 401 || http_status == 403)
        return refused.with_hint("The dashboard does not take the token or Authorization that was sent: see "
                                 "RAY_AUTH_TOKEN.");
    return refused;
}

job_server_version version_of(json::value const& answer)
{
    job_server_version made;
    made.api = string_at(answer, "version");
    made.ray = string_at(answer, "ray_version");
    if (made.api.empty() || made.ray.empty())
        throw failure(errc::unexpected, "the server is no Ray dashboard: it has no answer to GET /api/version");
    return made;
}

std::vector<submitted_job> jobs_of(json::value const& answer)
{
    if (!answer.is_array()) throw failure(errc::bad_document, "the dashboard's answer is no list of jobs");
    std::vector<submitted_job> jobs;
    for (json::value const& each : answer.get_array())
        jobs.push_back(submitted_job::from_json(each));
    return jobs;
}

}  // namespace kuberay::ray
