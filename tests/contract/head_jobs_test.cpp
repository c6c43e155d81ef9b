// Jobs on the head of a Ray cluster: their life, and what is told of it.

#include "head_place.hpp"

using namespace kuberay;
using kuberay::contract::behind_its_name;
using kuberay::contract::head_place;
using kuberay::contract::job_that;
using kuberay::contract::last_line_of;
using kuberay::contract::reply;

namespace {

std::string keys_of(json::object const& job)
{
    std::string keys;
    for (auto const& [key, value] : job)
        keys += std::string(key) + " ";
    return keys;
}

}  // namespace

KUBERAY_HEAD_CONTRACT(a_job_goes_from_pending_to_succeeded)
{
    std::string const id = at.own("ok");
    json::object request = job_that(id, "echo first");
    request["metadata"] = json::object();
    reply const accepted = co_await at.submit(request);
    EXPECT_EQ(accepted.status, 200);
    EXPECT_EQ(accepted.document(), json::value({{"job_id", id}, {"submission_id", id}}));
    json::object const job = co_await at.until(id, "SUCCEEDED");
    EXPECT_EQ(
        keys_of(job), "type job_id submission_id driver_info status entrypoint message error_type start_time end_time "
                      "metadata runtime_env driver_agent_http_address driver_node_id driver_exit_code "
    );
    EXPECT_EQ(job.at("type"), "SUBMISSION");
    EXPECT_TRUE(job.at("job_id").is_null());
    EXPECT_EQ(job.at("entrypoint"), "echo first");
    EXPECT_EQ(job.at("message"), "Job finished successfully.");
    EXPECT_TRUE(job.at("error_type").is_null());
    EXPECT_TRUE(job.at("metadata").is_object()) << "sent empty, shown empty";
    EXPECT_TRUE(job.at("runtime_env").is_null()) << "not sent";
    EXPECT_EQ(job.at("driver_node_id").as_string().size(), 56U);
    EXPECT_TRUE(job.at("driver_agent_http_address").as_string().ends_with(":52365"));
    EXPECT_EQ(job.at("driver_exit_code"), json::value(0));
    EXPECT_LE(job.at("start_time").as_int64(), job.at("end_time").as_int64());
    EXPECT_GT(job.at("start_time").as_int64(), std::int64_t(1'600'000'000'000)) << "milliseconds";
}

KUBERAY_HEAD_CONTRACT(a_job_that_fails_shows_its_last_ten_lines)
{
    std::string const id = at.own("failing");
    std::string const many_lines = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo l$i; done; exit 3";
    json::object const request = job_that(id, behind_its_name(many_lines));
    json::object const job = co_await at.run(request, "FAILED");
    EXPECT_EQ(
        job.at("message"),
        "Job entrypoint command failed with exit code 3, last available logs (truncated to 20,000 chars):\n"
        "l3\nl4\nl5\nl6\nl7\nl8\nl9\nl10\nl11\nl12\n"
    );
    EXPECT_EQ(job.at("error_type"), "JOB_ENTRYPOINT_COMMAND_ERROR");
    EXPECT_EQ(job.at("driver_exit_code"), json::value(3));
    std::string const killed = at.own("killed");
    json::object const signalled = co_await at.run(job_that(killed, "kill -9 $$"), "FAILED");
    EXPECT_EQ(signalled.at("driver_exit_code"), json::value(-9));
    EXPECT_TRUE(signalled.at("message").as_string().starts_with("Job entrypoint command failed with exit code -9, last")
    );
}

KUBERAY_HEAD_CONTRACT(an_entrypoint_has_a_session_of_its_own_and_these_variables)
{
    std::string const id = at.own("env");
    json::object request = job_that(
        id, "echo \"$GREETING|$PYTHONUNBUFFERED|$RAY_ADDRESS|$RAY_JOB_CONFIG_JSON_ENV_VAR\"; "
            "[ $(ps -o sid= -p $$) = $$ ] && echo own session; [ -t 0 ] || echo no terminal"
    );
    request["runtime_env"] = {{"env_vars", {{"GREETING", "hello"}}}};
    request["metadata"] = {{"owner", "me"}};
    json::object const job = co_await at.run(request);
    EXPECT_EQ(to_json(job.at("runtime_env")), R"({"env_vars":{"GREETING":"hello"}})");
    std::string const log = co_await at.log(id);
    std::size_t const line = log.find("\nhello|1|");
    EXPECT_NE(line, std::string::npos) << log;
    EXPECT_NE(log.find(":6379|{"), std::string::npos) << log;
    std::size_t const config = log.find("|{") + 1;
    auto const parsed = parse_json(log.substr(config, log.find('\n', config) - config));
    EXPECT_EQ(string_at(*parsed, "metadata.job_submission_id"), id);
    EXPECT_EQ(string_at(*parsed, "metadata.job_name"), id);
    EXPECT_EQ(string_at(*parsed, "metadata.owner"), "me");
    EXPECT_EQ(string_at(*parsed, "runtime_env.env_vars.GREETING"), "hello");
    EXPECT_NE(log.find("\nown session\n"), std::string::npos) << log;
    EXPECT_NE(log.find("\nno terminal\n"), std::string::npos) << log;
    net::http_request browser("GET", "/api/jobs/" + id);
    browser.fields.set("User-Agent", "Mozilla/5.0");
    reply const shown = co_await at.send(browser);
    EXPECT_EQ(string_at(shown.document(), "runtime_env.env_vars.GREETING"), "<redacted>");
}

KUBERAY_HEAD_CONTRACT(an_id_that_is_taken_is_refused_until_the_job_is_deleted)
{
    std::string const id = at.own("same");
    json::object const request = job_that(id, "echo once");
    json::object const first = co_await at.run(request);
    reply const taken = co_await at.submit(request);
    EXPECT_EQ(taken.status, 500);
    EXPECT_NE(taken.body.find("\nRuntimeError: Request failed with status code 400: Traceback"), std::string::npos);
    EXPECT_EQ(
        last_line_of(taken.body),
        "ValueError: Job with submission_id " + id + " already exists. Please use a different submission_id."
    );
    reply const deleted = co_await at.ask("DELETE", "/api/jobs/" + id);
    EXPECT_EQ(deleted.document(), json::value({{"deleted", true}}));
    reply const again = co_await at.ask("DELETE", "/api/jobs/" + id);
    EXPECT_EQ(again.status, 404);
    EXPECT_EQ(again.body, "Job " + id + " does not exist");
    reply const accepted = co_await at.submit(request);
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    // A real head may fail the second run when the first one's supervisor is not gone yet; the log is the same file.
    std::string const node(first.at("driver_node_id").as_string());
    std::string const target = "/api/v0/logs/file?lines=-1&filename=job-driver-" + id + ".log&node_id=" + node;
    std::string const setting_up = "Runtime env is setting up.\n";
    head_place::awaited_answer const set_up_twice = [setting_up](reply const& answer) {
        return answer.status != 200 || answer.body.find(setting_up) != answer.body.rfind(setting_up);
    };
    reply const log = co_await at.ask_until("GET", target, set_up_twice);
    EXPECT_EQ(log.status, 200) << log.body;
    EXPECT_NE(log.body.find("\nonce\n"), std::string::npos) << log.body;
}

KUBERAY_HEAD_CONTRACT(a_job_is_stopped_once)
{
    std::string const id = at.own("stopped");
    reply const accepted = co_await at.submit(job_that(id, "echo begun; sleep 600"));
    json::object const running = co_await at.until(id, "RUNNING");
    EXPECT_EQ(running.at("message"), "Job is currently running.");
    reply const refused = co_await at.ask("DELETE", "/api/jobs/" + id);
    EXPECT_EQ(refused.status, 500);
    EXPECT_EQ(
        last_line_of(refused.body),
        "RuntimeError: Attempted to delete job '" + id + "', but it is in a non-terminal state RUNNING."
    );
    // The lab's head loses a job that is stopped before its process is there.
    std::string const log = co_await at.log_with(id, "\nbegun\n");
    reply const stopping = co_await at.ask("POST", "/api/jobs/" + id + "/stop");
    EXPECT_EQ(stopping.document(), json::value({{"stopped", true}}));
    json::object const job = co_await at.until(id, "STOPPED");
    EXPECT_EQ(job.at("message"), "Job was intentionally stopped.");
    EXPECT_TRUE(job.at("driver_exit_code").is_null());
    // A real head says true as long as the supervisor of the job lives, which may be a while after the job is over.
    head_place::awaited_answer const nothing_to_stop = [](reply const& answer) {
        return answer.status != 200 || answer.document() != json::value({{"stopped", true}});
    };
    reply const again = co_await at.ask_until("POST", "/api/jobs/" + id + "/stop", nothing_to_stop);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.document(), json::value({{"stopped", false}}));
    json::object const still = co_await at.job(id);
    EXPECT_EQ(still, job) << "asked again, it stays what it was";
}

KUBERAY_HEAD_CONTRACT(a_job_without_resources_waits_and_hears_nothing_of_its_stop)
{
    std::string const id = at.own("waiting");
    json::object request = job_that(id, "true");
    request["entrypoint_num_cpus"] = 64;
    reply const accepted = co_await at.submit(request);
    head_place::awaited_answer const waits = [](reply const& answer) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        json::value const now = answer.document();
        EXPECT_EQ(now.at("status"), "PENDING");
        EXPECT_TRUE(now.at("driver_node_id").is_null());
        return string_at(now, "message").find("waiting for resources") != std::string_view::npos;
    };
    reply const waiting = co_await at.ask_until("GET", "/api/jobs/" + id, waits);
    json::value const seen = waiting.document();
    EXPECT_EQ(
        seen.at("message"),
        "Job has not started yet. It may be waiting for resources (CPUs, GPUs, memory, custom resources) to "
        "become available."
    );
    reply const stopped = co_await at.ask("POST", "/api/jobs/" + id + "/stop");
    EXPECT_EQ(stopped.document(), json::value({{"stopped", true}}));
    json::object const still = co_await at.job(id);
    EXPECT_EQ(still.at("status"), "PENDING");
    reply const refused = co_await at.ask("DELETE", "/api/jobs/" + id);
    EXPECT_EQ(
        last_line_of(refused.body),
        "RuntimeError: Attempted to delete job '" + id + "', but it is in a non-terminal state PENDING."
    );
    reply const logs = co_await at.ask("GET", "/api/jobs/" + id + "/logs");
    EXPECT_EQ(logs.document(), json::value({{"logs", ""}}));
    reply const file = co_await at.ask("GET", "/api/v0/logs/file?node_id=x&submission_id=" + id);
    EXPECT_EQ(file.status, 500);
    EXPECT_EQ(file.body, "Job " + id + " has no driver node id info. This is likely a bug. Please file an issue.");
}

KUBERAY_HEAD_CONTRACT(the_list_shows_what_get_shows)
{
    std::string const id = at.own("listed");
    json::object const job = co_await at.run(job_that(id, "true"));
    reply const list = co_await at.ask("GET", "/api/jobs/");
    bool seen = false;
    json::value const all = list.document();
    for (json::value const& one : all.as_array()) {
        if (string_at(one, "submission_id") != id) continue;
        seen = true;
        EXPECT_EQ(one.as_object(), job);
    }
    EXPECT_TRUE(seen) << list.body;
    json::object nameless;
    nameless["entrypoint"] = "true";
    nameless["submission_id"] = "";
    reply const named = co_await at.submit(nameless);
    std::string const given(string_at(named.document(), "submission_id"));
    EXPECT_TRUE(given.starts_with("raysubmit_")) << given;
    EXPECT_EQ(given.size(), std::string("raysubmit_").size() + 16);
    EXPECT_EQ(given.find_first_of("IloO0", 10), std::string::npos) << given;
}
