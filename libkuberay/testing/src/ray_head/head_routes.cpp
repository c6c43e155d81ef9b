#include "ray_head/head_routes.hpp"

#include <kuberay/base/json.hpp>
#include <kuberay/base/text.hpp>

#include <boost/json/array.hpp>

#include <utility>

namespace kuberay::testing {

namespace {

constexpr char const* ray_commit = "b7f4259e944bf6959f721b106adc366ddfa0c356";

/// The credentials that count: the first of the three ways that is there.
std::optional<std::string> credentials_of(head_request const& request)
{
    for (char const* name : {"Authorization", "X-Ray-Authorization"})
        if (request.fields.contains(name)) return std::string(request.fields.get(name));
    constexpr std::string_view cookie = "ray-authentication-token=";
    for (std::string const& one : split(request.fields.get("Cookie"), ';'))
        if (std::string_view const text = trim(one); text.starts_with(cookie))
            return "Bearer " + std::string(text.substr(cookie.size()));
    return std::nullopt;
}

bool is_open(head_request const& request)
{
    return request.is({"api", "gcs_healthz"}) || request.is({"api", "authentication_mode"}) || request.is({""})
           || request.is({"favicon.ico"}) || (!request.segments.empty() && request.segments[0] == "static");
}

head_answer version_of(head_core const& core)
{
    return json_answer_of(
        {{"version", "4"},
         {"ray_version", core.options.ray_version},
         {"ray_commit", ray_commit},
         {"session_name", core.session.filename().string()}}
    );
}

json::object shown(head_core const& core, head_job const& job, head_request const& request)
{
    json::object object = details_of(job, core.node_id, core.address);
    json::value* env = object.if_contains("runtime_env");
    if (!request.is_from_browser() || !env->is_object()) return object;
    json::value* variables = env->get_object().if_contains("env_vars");
    if (variables && variables->is_object())
        for (auto& [name, value] : variables->get_object())
            value = "<redacted>";
    return object;
}

head_answer list_jobs(head_core const& core, head_request const& request)
{
    json::array list;
    for (bool const drivers : {false, true})
        for (auto const& [id, job] : core.jobs)
            if (job->is_driver == drivers) list.emplace_back(shown(core, *job, request));
    return json_answer_of(list);
}

head_answer answer_package(head_core& core, head_request const& request)
{
    std::string const& protocol = request.segments[2];
    std::string const& name = request.segments[3];
    if (request.method == "PUT") {
        if (protocol != "gcs")
            return text_answer(
                500, traceback("ValueError: upload_package_to_gcs should not be called with a remote path.")
            );
        core.packages[name] = request.body;
        return head_answer();
    }
    if (protocol != "gcs") return bare_500();
    if (!core.packages.contains(name)) return text_answer(404, "Package gcs://" + name + " does not exist");
    return head_answer();
}

head_answer answer_jobs(head_core& core, head_request const& request)
{
    if (request.method != "POST") return list_jobs(core, request);
    result<json::value> const body = parse_json(request.body);
    return body ? core.submit(*body) : bare_500();
}

head_answer answer_job(head_core& core, head_request const& request)
{
    std::string const& id = request.segments[2];
    std::shared_ptr<head_job> const job = core.find(id);
    if (!job) return text_answer(404, "Job " + id + " does not exist");
    std::string const what = request.segments.size() > 3 ? request.segments[3] : std::string();
    if (what == "stop") return core.stop_job(job);
    if (request.method == "DELETE") return core.remove_job(job);
    if (what.empty()) return json_answer_of(shown(core, *job, request));
    if (job->is_driver) return text_answer(400, "Can only get logs of submission type jobs");
    if (request.segments.size() == 4) return job_logs(core, *job);
    head_answer tail;
    tail.tail = id;
    return tail;
}

head_answer healthy(head_core&, head_request const&)
{
    head_answer answer = text_answer(200, "success");
    answer.fields.set("Content-Type", "application/text; charset=utf-8");
    return answer;
}

head_answer page(head_core& core, head_request const&)
{
    head_answer answer = text_answer(200, core.options.page);
    answer.fields.set("Content-Type", "text/html; charset=utf-8");
    return answer;
}

head_answer mode(head_core& core, head_request const&)
{
    return json_answer_of({{"authentication_mode", core.options.token.empty() ? "disabled" : "token"}});
}

head_answer authenticated(head_core&, head_request const&)
{
    return json_answer_of({{"status", "authenticated"}, {"message", "Token is valid"}});
}

struct route {
    std::vector<std::string_view> path;
    std::string_view methods;  ///< as in Allow
    head_answer (*answer)(head_core& core, head_request const& request);
};

std::vector<route> const& routes()
{
    static std::vector<route> const all = {
        {{""}, "GET,HEAD", &page},
        {{"api", "version"}, "GET,HEAD", [](head_core& core, head_request const&) { return version_of(core); }},
        {{"api", "ray", "version"}, "GET,HEAD", [](head_core& core, head_request const&) { return version_of(core); }},
        {{"api", "gcs_healthz"}, "GET,HEAD", &healthy},
        {{"api", "authentication_mode"}, "GET,HEAD", &mode},
        {{"api", "authenticate"}, "POST", &authenticated},
        {{"api", "packages", "*", "*"}, "GET,HEAD,PUT", &answer_package},
        {{"api", "jobs", ""}, "GET,HEAD,POST", &answer_jobs},
        {{"api", "jobs", "*"}, "DELETE,GET,HEAD", &answer_job},
        {{"api", "jobs", "*", "stop"}, "POST", &answer_job},
        {{"api", "jobs", "*", "logs"}, "GET,HEAD", &answer_job},
        {{"api", "jobs", "*", "logs", "tail"}, "GET,HEAD", &answer_job},
        {{"api", "v0", "logs"}, "GET,HEAD", &list_logs},
        {{"api", "v0", "logs", "*"},
         "GET,HEAD",
         [](head_core& core, head_request const& request) { return order_log(core, request, request.segments[3]); }},
    };
    return all;
}

}  // namespace

std::optional<head_answer> refuse_token(head_core const& core, head_request const& request)
{
    if (core.options.token.empty() || is_open(request)) return std::nullopt;
    std::optional<std::string> const given = credentials_of(request);
    if (!given) return text_answer(401, "Unauthorized: Missing authentication token");
    if (*given != "Bearer " + core.options.token) return text_answer(403, "Forbidden: Invalid authentication token");
    return std::nullopt;
}

head_answer answer_head_request(head_core& core, head_request const& request)
{
    bool const reads = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
    if (!reads && request.is_from_browser())
        return text_answer(405, "'" + request.method + "' method not allowed for browser traffic.");
    for (route const& one : routes()) {
        if (!request.is(one.path)) continue;
        for (std::string const& method : split(one.methods, ','))
            if (method == request.method) return one.answer(core, request);
        return method_not_allowed(std::string(one.methods));
    }
    return not_found();
}

}  // namespace kuberay::testing
