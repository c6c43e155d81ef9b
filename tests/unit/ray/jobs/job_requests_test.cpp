#include "ray/job_requests.hpp"

#include <kuberay/base/json.hpp>

#include <gtest/gtest.h>

namespace kuberay::ray {
namespace {

// As Ray 2.60 answers; the paths are shortened.
constexpr char const* taken_id =
    "Traceback (most recent call last):\n"
    "  File \"<ray>/dashboard/modules/job/job_head.py\", line 419, in submit_job\n"
    "    resp = await job_agent_client.submit_job_internal(submit_request)\n"
    "           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    "    raise RuntimeError(f\"Request failed with status code {status}: {error_text}.\")\n"
    "RuntimeError: Request failed with status code 400: Traceback (most recent call last):\n"
    "  File \"<ray>/dashboard/modules/job/job_manager.py\", line 553, in submit_job\n"
    "    raise ValueError(\n"
    "ValueError: Job with submission_id jx-2 already exists. Please use a different submission_id.\n"
    ".";

constexpr char const* not_terminal =
    "Traceback (most recent call last):\n"
    "  File \"<ray>/dashboard/modules/job/job_head.py\", line 500, in delete_job\n"
    "RuntimeError: Request failed with status code 500: Traceback (most recent call last):\n"
    "    raise RuntimeError(\n"
    "RuntimeError: Attempted to delete job 'jx-run', but it is in a non-terminal state PENDING.\n"
    ".";

constexpr char const* no_log_file =
    "Could not find a log file. Please make sure the given option exists in the cluster.\n"
    "\tnode_id: None\n\tfilename: None\n\tattempt_number: 0\n";

TEST(job_requests, the_useful_line_of_an_error_is_found)
{
    struct row {
        char const *body, *line;
    };
    row const rows[] = {
        {taken_id, "Job with submission_id jx-2 already exists. Please use a different submission_id"},
        {not_terminal, "Attempted to delete job 'jx-run', but it is in a non-terminal state PENDING"},
        {no_log_file, "Could not find a log file. Please make sure the given option exists in the cluster"},
        {"Traceback (most recent call last):\n  File \"x\", line 1\nTypeError: entrypoint must be a string, got <class "
         "'int'>\n",
         "entrypoint must be a string, got <class 'int'>"},
        {"Traceback (most recent call last):\n  File \"x\"\nray.exceptions.RpcError: first\n\tsecond: 1\n", "first"},
        {"Traceback (most recent call last):\n  File \"x\"\nKeyboardInterrupt\n", "KeyboardInterrupt"},
        {"500 Internal Server Error\n\nServer got itself in trouble", "500 Internal Server Error"},
        {"404: Not Found", "404: Not Found"},
        {"Job nope does not exist", "Job nope does not exist"},
        {"RuntimeError: Request failed with status code 400: No available agent to submit job, please try again "
         "later..",
         "No available agent to submit job, please try again later."},
        {R"({"result": false, "msg": "Cannot find matching node_id for a given node ip 9.9.9.9", "data": {}})",
         "Cannot find matching node_id for a given node ip 9.9.9.9"},
        {"Note: a colon is no class of exceptions", "Note: a colon is no class of exceptions"},
        {"a \x1b[31mred\x1b[0m line", "a ^[[31mred^[[0m line"},
        {"", ""},
        {"\n\n.\n", ""},
    };
    for (row const& r : rows)
        EXPECT_EQ(useful_line(r.body), r.line) << r.body;
}

TEST(job_requests, a_useful_line_is_bounded) { EXPECT_EQ(useful_line(std::string(100'000, 'x')).size(), 1000u); }

error refused(char const* method, char const* target, int status, std::string const& body, bool with_token = false)
{
    net::http_fields fields;
    fields.set("Content-Type", body.starts_with('<') ? "text/html; charset=utf-8" : "text/plain");
    return refusal_of(net::http_request(method, target), with_token, status, fields, body);
}

TEST(job_requests, refusals_have_the_reason_that_the_text_tells)
{
    struct row {
        char const *method, *target;
        int status;
        char const* body;
        error_code code;
    };
    row const rows[] = {
        {"POST", "/api/jobs/", 500, taken_id, reason::already_exists},
        {"POST", "/api/jobs/", 400, "TypeError: entrypoint must be a string", reason::bad_request},
        {"POST", "/api/jobs/", 500, "No available agent to submit job", reason::internal},
        {"POST", "/api/jobs/x/stop", 500, "it already exists", reason::internal},
        {"DELETE", "/api/jobs/jx-run", 500, not_terminal, reason::conflict},
        {"DELETE", "/api/jobs/x", 404, "Job x does not exist", reason::not_found},
        {"GET", "/api/jobs/x", 401, "Unauthorized: Missing authentication token", reason::unauthorized},
        {"GET", "/api/jobs/x", 403, "Forbidden: Invalid authentication token", reason::forbidden},
        {"PUT", "/api/packages/gcs/x", 413, "Maximum request body size 104857600 exceeded.", errc::too_large},
        {"GET", "/api/version", 302, "", errc::unexpected},
        {"GET", "/api/version", 503, "", reason::unavailable},
    };
    for (row const& r : rows)
        EXPECT_EQ(refused(r.method, r.target, r.status, r.body).code(), r.code) << r.method << ' ' << r.body;
}

TEST(job_requests, a_refusal_is_told_in_one_sentence_without_the_query)
{
    error const e = refused("GET", "/api/v0/logs/file?submission_id=x&node_id=y", 500, no_log_file);
    EXPECT_EQ(
        e.message(),
        "GET /api/v0/logs/file of the Ray dashboard: Could not find a log file. Please make sure the given "
        "option exists in the cluster"
    );
}

TEST(job_requests, refusals_for_want_of_a_token_say_what_to_do)
{
    EXPECT_NE(refused("GET", "/x", 401, "Unauthorized").hint().find("set RAY_AUTH_TOKEN"), std::string_view::npos);
    EXPECT_NE(refused("GET", "/x", 401, "Unauthorized", true).hint().find("does not take"), std::string_view::npos);
    EXPECT_NE(refused("GET", "/x", 403, "Forbidden", true).hint().find("does not take"), std::string_view::npos);
    EXPECT_TRUE(refused("GET", "/x", 404, "no").hint().empty());
}

TEST(job_requests, the_page_of_a_proxy_is_told_by_its_title)
{
    error const e = refused("GET", "/api/version", 502, "<html><title>502 Bad Gateway</title><p>nginx</p></html>");
    EXPECT_EQ(e.message(), "GET /api/version of the Ray dashboard: 502 Bad Gateway");
}

TEST(job_requests, a_request_is_dressed_with_prefix_fields_token_and_an_agent_that_is_no_browser)
{
    job_client_options options;
    options.path_prefix = "/ray";
    options.token = "secret\n";
    options.fields.set("X-Team", "blue");
    net::http_request const sent = dressed(net::http_request("GET", "/api/jobs/"), options);
    EXPECT_EQ(sent.target, "/ray/api/jobs/");
    EXPECT_EQ(sent.fields.get("Authorization"), "Bearer secret");
    EXPECT_EQ(sent.fields.get("X-Team"), "blue");
    EXPECT_TRUE(sent.fields.get("User-Agent").starts_with("kuberay/"));
}

TEST(job_requests, an_authorization_among_the_fields_wins_over_the_token)
{
    job_client_options options;
    options.token = "secret";
    options.fields.set("authorization", "Basic eHk6eg==");
    net::http_request const sent = dressed(net::http_request("GET", "/"), options);
    EXPECT_EQ(sent.fields.all("Authorization"), std::vector<std::string>{"Basic eHk6eg=="});
}

TEST(job_requests, ids_and_names_are_encoded_as_one_segment)
{
    EXPECT_EQ(job_target("a/b?c", "/stop"), "/api/jobs/a%2Fb%3Fc/stop");
    EXPECT_EQ(package_target("_ray_pkg_1.zip"), "/api/packages/gcs/_ray_pkg_1.zip");
    submitted_job job;
    job.submission_id = "a&b";
    job.driver_node_id = "39334e";
    EXPECT_EQ(
        log_stream_target(job, log_naming::by_submission),
        "/api/v0/logs/stream?submission_id=a%26b&node_id=39334e&lines=-1&interval=0.1"
    );
    EXPECT_EQ(
        log_file_target(job, log_naming::by_file),
        "/api/v0/logs/file?filename=job-driver-a%26b.log&node_id=39334e&lines=-1&timeout=86400"
    );
}

TEST(job_requests, only_what_is_set_is_submitted)
{
    job_submission what;
    what.entrypoint = "echo x";
    what.submission_id = "id";
    EXPECT_EQ(submit_request(what).body, R"({"entrypoint":"echo x","submission_id":"id"})");
    what.runtime_env["working_dir"] = "gcs://_ray_pkg_1.zip";
    what.metadata["k"] = "v";
    what.entrypoint_num_cpus = 0.5;
    what.entrypoint_num_gpus = 2;
    what.entrypoint_memory = 1'000'000'000'000;
    what.entrypoint_resources["tpu"] = 4;
    what.entrypoint_label_selector["zone"] = "a";
    EXPECT_EQ(
        submit_request(what).body,
        R"({"entrypoint":"echo x","submission_id":"id","runtime_env":{"working_dir":"gcs://_ray_pkg_1.zip"},)"
        R"("metadata":{"k":"v"},"entrypoint_num_cpus":0.5,"entrypoint_num_gpus":2,"entrypoint_memory":1000000000000,)"
        R"("entrypoint_resources":{"tpu":4},"entrypoint_label_selector":{"zone":"a"}})"
    );
}

submitted_job job_from(char const* text) { return submitted_job::from_json(parse_json(text).value()); }

TEST(submitted_job, is_read_from_what_ray_shows)
{
    submitted_job const job = job_from(R"({"type": "SUBMISSION", "job_id": null, "submission_id": "first-job",
        "driver_info": null, "status": "SUCCEEDED", "entrypoint": "echo first", "message": "Job finished successfully.",
        "error_type": null, "start_time": 1795308261305, "end_time": 1795308262884, "metadata": {"a": "b"},
        "runtime_env": {"env_vars": {"X": "1"}}, "driver_agent_http_address": "http://127.0.0.1:52365",
        "driver_node_id": "39334eb2", "driver_exit_code": 0})");
    EXPECT_EQ(job.type, "SUBMISSION");
    EXPECT_EQ(job.job_id, "");
    EXPECT_EQ(job.submission_id, "first-job");
    EXPECT_EQ(job.status, job_phase::succeeded);
    EXPECT_EQ(job.message, "Job finished successfully.");
    EXPECT_EQ(job.driver_node_id, "39334eb2");
    EXPECT_EQ(job.driver_exit_code, 0);
    EXPECT_EQ(job.metadata.at("a"), "b");
    EXPECT_EQ(kuberay::to_json(job.runtime_env), R"({"env_vars":{"X":"1"}})");
    EXPECT_EQ(format_rfc3339_nano(*job.start_time), "2026-11-22T00:44:21.305Z");
    EXPECT_TRUE(job.is_finished());
}

TEST(submitted_job, a_driver_that_runs_has_no_end)
{
    submitted_job const job = job_from(R"({"type":"DRIVER","job_id":"01000000","submission_id":null,"status":"RUNNING",
        "end_time":0})");
    EXPECT_EQ(job.job_id, "01000000");
    EXPECT_FALSE(job.end_time);
    EXPECT_FALSE(job.is_finished());
}

TEST(submitted_job, times_that_cannot_be_are_left_out)
{
    EXPECT_FALSE(job_from(R"({"start_time":9223372036854775807})").start_time);
    EXPECT_FALSE(job_from(R"({"start_time":-5})").start_time);
    EXPECT_FALSE(job_from(R"({"start_time":"soon"})").start_time);
}

TEST(submitted_job, three_states_are_the_end)
{
    for (char const* status : {"STOPPED", "SUCCEEDED", "FAILED"})
        EXPECT_TRUE(job_from((R"({"status":")" + std::string(status) + "\"}").c_str()).is_finished()) << status;
    for (char const* status : {"PENDING", "RUNNING", "", "NEW_ONE"})
        EXPECT_FALSE(job_from((R"({"status":")" + std::string(status) + "\"}").c_str()).is_finished()) << status;
}

TEST(submitted_job, a_field_of_the_wrong_type_is_named)
{
    try {
        job_from(R"({"status": 5})");
        ADD_FAILURE() << "it was taken";
    } catch (failure const& refused) {
        EXPECT_EQ(refused.error().code(), errc::bad_document);
        EXPECT_NE(refused.error().message().find("job.status"), std::string::npos) << refused.error().message();
    }
}

TEST(job_requests, a_server_that_is_no_dashboard_is_found_out)
{
    for (char const* answer : {"null", "[]", "{}", R"({"version":"4"})", R"({"version":4,"ray_version":"2"})"})
        EXPECT_THROW(version_of(parse_json(answer).value()), failure) << answer;
    job_server_version const version = version_of(parse_json(R"({"version":"4","ray_version":"2.60.0"})").value());
    EXPECT_EQ(version.api, "4");
    EXPECT_EQ(version.ray, "2.60.0");
}

}  // namespace
}  // namespace kuberay::ray
