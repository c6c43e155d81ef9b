// What the head of a Ray cluster refuses, and in which words.

#include "head_place.hpp"

using namespace kuberay;
using kuberay::contract::head_place;
using kuberay::contract::last_line_of;
using kuberay::contract::reply;

namespace {

constexpr char const* bare_500 = "500 Internal Server Error\n\nServer got itself in trouble";

struct request_row {
    std::string method, target;
    int status;
    std::string body;
    std::string allow;
};

std::vector<request_row> const routes = {
    {"GET", "/api/jobs", 404, "404: Not Found", ""},
    {"POST", "/api/jobs", 404, "404: Not Found", ""},
    {"GET", "/nope", 404, "404: Not Found", ""},
    {"GET", "/api/healthz", 404, "404: Not Found", ""},
    {"GET", "/api/jobs/nope-1/", 404, "404: Not Found", ""},
    {"GET", "/api/jobs/nope-1/logs/", 404, "404: Not Found", ""},
    {"PUT", "/api/jobs/", 405, "405: Method Not Allowed", "GET,HEAD,POST"},
    {"POST", "/api/packages/gcs/b.zip", 405, "405: Method Not Allowed", "GET,HEAD,PUT"},
    {"GET", "/api/jobs/nope-1/stop", 405, "405: Method Not Allowed", "POST"},
    {"PUT", "/api/jobs/nope-1", 405, "405: Method Not Allowed", "DELETE,GET,HEAD"},
    {"GET", "/api/jobs/nope-1", 404, "Job nope-1 does not exist", ""},
    {"DELETE", "/api/jobs/nope-1", 404, "Job nope-1 does not exist", ""},
    {"GET", "/api/jobs/nope-1/logs", 404, "Job nope-1 does not exist", ""},
    {"POST", "/api/jobs/nope-1/stop", 404, "Job nope-1 does not exist", ""},
    {"GET", "/api/jobs/nope-1/logs/tail", 404, "Job nope-1 does not exist", ""},
    {"GET", "/api/packages/s3/a.zip", 500, bare_500, ""},
    {"GET", "/api/packages/gcs/nope-1.zip", 404, "Package gcs://nope-1.zip does not exist", ""},
    {"GET", "/api/v0/logs", 400,
     R"({"result": false, "msg": "Both node id and node ip are not provided. Please provide at least one of them.", "data": {"result": null}})",
     ""},
    {"GET", "/api/v0/logs?node_ip=9.9.9.9", 404,
     R"({"result": false, "msg": "Cannot find matching node_id for a given node ip 9.9.9.9", "data": {"result": null}})",
     ""},
    {"GET", "/api/v0/logs?node_id=abc", 500, bare_500, ""},
    {"GET", "/api/v0/logs/file?node_id=x", 500, bare_500, ""},
    {"GET", "/api/v0/logs/other?submission_id=x&node_id=x", 500, bare_500, ""},
    {"GET", "/api/v0/logs/file?submission_id=x", 500, bare_500, ""},
    {"GET", "/api/v0/logs/file?submission_id=x&node_id=x&interval=1", 500, bare_500, ""},
    {"GET", "/api/v0/logs/file?filename=x.log&node_id=abc", 500, "Agent for node id: abc doesn't exist.", ""},
    {"GET", "/api/v0/logs/file?submission_id=nope-1&node_id=x", 500,
     "Could not find a log file. Please make sure the given option exists in the cluster.\n\tnode_id: "
     "None\n\tfilename: "
     "None\n\tactor_id: None\n\ttask_id: None\n\tpid: None\n\tsuffix: out\n\tsubmission_id: nope-1\n\tattempt_number: "
     "0\n",
     ""},
};

struct submission_row {
    std::string body;
    int status;
    std::string last;
};

std::string const made = "TypeError: JobSubmitRequest.__init__() ";

std::vector<submission_row> const malformed = {
    {"{", 500, "Server got itself in trouble"},
    {"[]", 500, "Server got itself in trouble"},
    {"5", 500, "Server got itself in trouble"},
    {"null", 500, "Server got itself in trouble"},
    {"", 500, "Server got itself in trouble"},
    {"{}", 400, made + "missing 1 required positional argument: 'entrypoint'"},
    {R"({"entrypoint":null})", 400, made + "missing 1 required positional argument: 'entrypoint'"},
    {R"({"entrypoint":5})", 400, "TypeError: entrypoint must be a string, got <class 'int'>"},
    {R"({"entrypoint":"x","unknown_field":1})", 400, made + "got an unexpected keyword argument 'unknown_field'"},
    {R"({"unknown_field":1})", 400, made + "got an unexpected keyword argument 'unknown_field'"},
    {R"({"entrypoint":"x","metadata":{"a":1}})", 400, "TypeError: metadata values must be strings, got <class 'int'>"},
    {R"({"entrypoint":"x","metadata":{"a":true}})", 400,
     "TypeError: metadata values must be strings, got <class 'bool'>"},
    {R"({"entrypoint":"x","metadata":[]})", 400, "TypeError: metadata must be a dict, got <class 'list'>"},
    {R"({"entrypoint":"x","runtime_env":1})", 400, "TypeError: runtime_env must be a dict, got <class 'int'>"},
    {R"({"entrypoint":"x","entrypoint_num_cpus":"1"})", 400,
     "TypeError: entrypoint_num_cpus must be a number, got <class 'str'>"},
    {R"({"entrypoint":"x","entrypoint_num_gpus":{}})", 400,
     "TypeError: entrypoint_num_gpus must be a number, got <class 'dict'>"},
    {R"({"entrypoint":"x","entrypoint_memory":1.5})", 400,
     "TypeError: entrypoint_memory must be an integer, got <class 'float'>"},
    {R"({"entrypoint":"x","entrypoint_resources":1})", 400,
     "TypeError: entrypoint_resources must be a dict, got <class 'int'>"},
    {R"({"entrypoint":"x","entrypoint_resources":{"a":"b"}})", 400,
     "TypeError: entrypoint_resources values must be numbers, got <class 'str'>"},
    {R"({"entrypoint":"x","submission_id":5})", 400,
     "TypeError: submission_id must be a string if provided, got <class 'int'>"},
    {R"({"entrypoint":"x","job_id":5})", 400, "TypeError: job_id must be a string if provided, got <class 'int'>"},
    {R"({"entrypoint":"x","entrypoint_label_selector":{"a":1}})", 400,
     "TypeError: entrypoint_label_selector values must be strings, got <class 'int'>"},
    {R"({"entrypoint":"x","entrypoint_label_selector":{"-/a":"b"}})", 500,
     "ValueError: Invalid label key prefix `-`. Prefix must be a series of DNS labels separated by dots (.), not "
     "longer "
     "than 253 characters in total."},
    {R"({"entrypoint":"x","entrypoint_label_selector":{"a b":"b"}})", 500,
     "ValueError: Invalid label key name `a b`. Name must be 63 chars or less beginning and ending with an "
     "alphanumeric "
     "character ([a-z0-9A-Z]) with dashes (-), underscores (_),dots (.), and alphanumerics between."},
};

/// JSON compares as JSON: the two sides lay it out in their own ways.
bool same_body(std::string const& got, std::string const& wanted)
{
    if (!wanted.starts_with('{')) return got == wanted;
    auto const document = parse_json(got);
    return document && *document == parse_json(wanted).value();
}

}  // namespace

KUBERAY_HEAD_CONTRACT(routes_methods_and_unknown_things_are_refused_in_these_words)
{
    for (request_row const& row : routes) {
        reply const answer = co_await at.ask(row.method, row.target);
        EXPECT_EQ(answer.status, row.status) << row.method << " " << row.target;
        EXPECT_TRUE(same_body(answer.body, row.body)) << row.method << " " << row.target << ": " << answer.body;
        EXPECT_EQ(answer.fields.get("Allow"), row.allow) << row.method << " " << row.target;
    }
}

KUBERAY_HEAD_CONTRACT(malformed_submissions_are_refused_in_these_words)
{
    for (submission_row const& row : malformed) {
        reply const answer = co_await at.ask("POST", "/api/jobs/", row.body);
        EXPECT_EQ(answer.status, row.status) << row.body;
        EXPECT_EQ(last_line_of(answer.body), row.last) << row.body;
        EXPECT_EQ(answer.fields.get("Content-Type"), "text/plain; charset=utf-8") << row.body;
    }
}

KUBERAY_HEAD_CONTRACT(browsers_may_only_look)
{
    net::http_request post("POST", "/api/jobs/");
    post.fields.set("User-Agent", "Mozilla/5.0");
    reply const refused = co_await at.send(post);
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.body, "'POST' method not allowed for browser traffic.");
    net::http_request remove("DELETE", "/api/jobs/nope-1");
    remove.fields.set("Origin", "http://x");
    reply const by_origin = co_await at.send(remove);
    EXPECT_EQ(by_origin.body, "'DELETE' method not allowed for browser traffic.");
    net::http_request look("GET", "/api/version");
    look.fields.set("User-Agent", "Mozilla/5.0");
    reply const seen = co_await at.send(look);
    EXPECT_EQ(seen.status, 200);
}

KUBERAY_HEAD_CONTRACT(a_token_is_asked_for_in_these_words)
{
    bool const asks = !at.token().empty();
    net::http_request const version("GET", "/api/version");
    reply const none = co_await at.send_plain(version);
    EXPECT_EQ(none.status, asks ? 401 : 200);
    EXPECT_EQ(none.body == "Unauthorized: Missing authentication token", asks) << none.body;
    net::http_request wrong = version;
    wrong.fields.set("Authorization", "Bearer wrong");
    wrong.fields.set("X-Ray-Authorization", "Bearer " + at.token());
    reply const first_counts = co_await at.send_plain(wrong);
    EXPECT_EQ(first_counts.status, asks ? 403 : 200);
    EXPECT_EQ(first_counts.body == "Forbidden: Invalid authentication token", asks) << first_counts.body;
    net::http_request other = version;
    other.fields.set("X-Ray-Authorization", "Bearer " + at.token());
    reply const by_other = co_await at.send_plain(other);
    EXPECT_EQ(by_other.status, 200);
    net::http_request cookie = version;
    cookie.fields.set("Cookie", "ray-authentication-token=" + at.token());
    reply const by_cookie = co_await at.send_plain(cookie);
    EXPECT_EQ(by_cookie.status, 200);
    net::http_request const health("GET", "/api/gcs_healthz");
    reply const open = co_await at.send_plain(health);
    EXPECT_EQ(open.body, "success");
    net::http_request const mode("GET", "/api/authentication_mode");
    reply const told = co_await at.send_plain(mode);
    EXPECT_EQ(string_at(told.document(), "authentication_mode"), asks ? "token" : "disabled");
}

KUBERAY_HEAD_CONTRACT(the_version_is_told)
{
    for (char const* target : {"/api/version", "/api/ray/version"}) {
        std::string const path = target;
        reply const answer = co_await at.ask("GET", path);
        json::value const version = answer.document();
        EXPECT_EQ(string_at(version, "version"), "4") << path;
        EXPECT_NE(string_at(version, "ray_version"), "") << path;
        EXPECT_EQ(string_at(version, "ray_commit").size(), 40U) << path;
        EXPECT_TRUE(string_at(version, "session_name").starts_with("session_")) << path;
        EXPECT_EQ(answer.fields.get("Content-Type"), "application/json; charset=utf-8") << path;
    }
}
