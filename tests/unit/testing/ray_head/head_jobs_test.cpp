#include "head_world.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

using namespace kuberay;
using namespace kuberay::test;

namespace {

/// A request, and the text of its answer.
struct request_row {
    std::string method, target, text;
};

std::vector<request_row> const unknown_jobs = {
    {"GET", "/api/jobs/nope", "Job nope does not exist"},
    {"DELETE", "/api/jobs/nope", "Job nope does not exist"},
    {"GET", "/api/jobs/nope/logs", "Job nope does not exist"},
    {"POST", "/api/jobs/nope/stop", "Job nope does not exist"},
    {"GET", "/api/jobs/nope/logs/tail", "Job nope does not exist"},
    {"GET", "/api/jobs", "404: Not Found"},
    {"POST", "/api/jobs", "404: Not Found"},
    {"GET", "/api/jobs/nope/", "404: Not Found"},
    {"GET", "/api/healthz", "404: Not Found"},
};

std::vector<request_row> const things_not_for_drivers = {
    {"POST", "/api/jobs/01000000/stop", "Can only stop submission type jobs"},
    {"DELETE", "/api/jobs/01000000", "Can only delete submission type jobs"},
    {"GET", "/api/jobs/01000000/logs", "Can only get logs of submission type jobs"},
};

struct submission_row {
    std::string body;
    int status;
    std::string last;
};

std::vector<submission_row> const malformed = {
    {"{", 500, "Server got itself in trouble"},
    {"[]", 500, "Server got itself in trouble"},
    {"{}", 400, "TypeError: JobSubmitRequest.__init__() missing 1 required positional argument: 'entrypoint'"},
    {R"({"entrypoint":5})", 400, "TypeError: entrypoint must be a string, got <class 'int'>"},
    {R"({"entrypoint":"x","unknown_field":1})", 400,
     "TypeError: JobSubmitRequest.__init__() got an unexpected keyword argument 'unknown_field'"},
    {R"({"entrypoint":"x","metadata":{"a":1}})", 400, "TypeError: metadata values must be strings, got <class 'int'>"},
    {R"({"entrypoint":"x","entrypoint_num_cpus":"1"})", 400,
     "TypeError: entrypoint_num_cpus must be a number, got <class 'str'>"},
    {R"({"entrypoint":"x","entrypoint_memory":1.5})", 400,
     "TypeError: entrypoint_memory must be an integer, got <class 'float'>"},
};

/// Neither gone nor a zombie that init has not looked at yet.
/// Waits for the end of a process, which need not be ours.
asio::posix::stream_descriptor watch_process(asio::any_io_executor const& executor, int process)
{
    return asio::posix::stream_descriptor(executor, static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
}

/// The whole lines of a stream up to one that begins so, and that line's rest.
task<std::string> line_of(net::http_response* answer, std::string begin)
{
    std::string text = "\n";
    begin.insert(0, 1, '\n');
    for (;;) {
        std::size_t const at = text.find(begin);
        std::size_t const end = at == std::string::npos ? at : text.find('\n', at + 1);
        if (end != std::string::npos) co_return text.substr(at + begin.size(), end - at - begin.size());
        std::string const piece = co_await answer->read_some();
        if (piece.empty()) throw failure(errc::unexpected, "the log has ended: " + text);
        text += piece;
    }
}

task<void> run_to_end(head_world const* world, json::object job)
{
    std::string const id(job.at("submission_id").as_string());
    reply const accepted = co_await world->submit(std::move(job));
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    co_await world->end_of(id);
}

}  // namespace

KUBERAY_CO_TEST(ray_head, runs_an_entrypoint_and_keeps_its_output)
{
    head_world world(co_await asio::this_coro::executor);
    world.head.hold_jobs(true);
    reply const accepted = co_await world.submit(job_that("first", "echo to stdout; echo to stderr >&2; pwd"));
    EXPECT_EQ(accepted.body, R"({"job_id":"first","submission_id":"first"})");
    reply const pending = co_await world.ask("GET", "/api/jobs/first");
    EXPECT_TRUE(pending.document().at("end_time").is_null()) << pending.body;
    EXPECT_TRUE(pending.document().at("driver_node_id").is_null()) << pending.body;
    world.head.hold_jobs(false);
    co_await world.end_of("first");
    reply const ended = co_await world.ask("GET", "/api/jobs/first");
    json::value const job = ended.document();
    EXPECT_EQ(string_at(job, "status"), "SUCCEEDED");
    EXPECT_EQ(string_at(job, "message"), "Job finished successfully.");
    EXPECT_EQ(int_at(job, "driver_exit_code"), 0);
    EXPECT_EQ(string_at(job, "driver_node_id").size(), 56U);
    std::string const target = world.log_target("first");
    reply const log = co_await world.ask("GET", target);
    EXPECT_NE(log.body.find("\tINFO job_manager.py:581 -- Runtime env is setting up.\n"), std::string::npos);
    EXPECT_NE(log.body.find("Running entrypoint for job first: echo to stdout"), std::string::npos);
    EXPECT_NE(log.body.find("\nto stdout\nto stderr\n/"), std::string::npos) << log.body;
    EXPECT_EQ(log.fields.get("Transfer-Encoding"), "chunked");
}

KUBERAY_CO_TEST(ray_head, tells_how_a_failed_job_ended)
{
    head_world const world(co_await asio::this_coro::executor);
    json::object failing = job_that("j", "for i in 1 2 3 4 5 6 7 8 9 10 11; do echo l$i; done; exit 3");
    co_await run_to_end(&world, failing);
    reply const ended = co_await world.ask("GET", "/api/jobs/j");
    json::value const job = ended.document();
    EXPECT_EQ(string_at(job, "status"), "FAILED");
    EXPECT_EQ(string_at(job, "error_type"), "JOB_ENTRYPOINT_COMMAND_ERROR");
    EXPECT_EQ(
        string_at(job, "message"),
        "Job entrypoint command failed with exit code 3, last available logs (truncated to 20,000 chars):\n"
        "l2\nl3\nl4\nl5\nl6\nl7\nl8\nl9\nl10\nl11\n"
    );
    EXPECT_EQ(int_at(job, "driver_exit_code"), 3);
    json::object killed = job_that("k", "kill -9 $$");
    co_await run_to_end(&world, killed);
    reply const signalled = co_await world.ask("GET", "/api/jobs/k");
    EXPECT_EQ(int_at(signalled.document(), "driver_exit_code"), -9);
}

KUBERAY_CO_TEST(ray_head, gives_the_entrypoint_its_environment)
{
    head_world const world(co_await asio::this_coro::executor);
    json::object job =
        job_that("env", "echo \"$GREETING $RAY_ADDRESS $PYTHONUNBUFFERED $RAY_JOB_CONFIG_JSON_ENV_VAR\"");
    job["runtime_env"] = {{"env_vars", {{"GREETING", "hello"}}}};
    job["metadata"] = {{"owner", "me"}};
    co_await run_to_end(&world, job);
    reply const log = co_await world.ask("GET", "/api/jobs/env/logs");
    std::string const text(string_at(log.document(), "logs"));
    EXPECT_NE(text.find("\nhello 127.0.0.1:6379 1 {\"runtime_env\":"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("job_submission_id":"env")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"("owner":"me")"), std::string::npos) << text;
    net::http_request browser("GET", "/api/jobs/env");
    browser.fields.set("User-Agent", "Mozilla/5.0");
    reply const shown = co_await reply_of(world.client, browser);
    EXPECT_EQ(string_at(shown.document(), "runtime_env.env_vars.GREETING"), "<redacted>");
}

KUBERAY_CO_TEST(ray_head, stops_a_job_with_all_its_processes)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    head_world const world(executor);
    reply const accepted = co_await world.submit(job_that("loop", "sleep 600 & echo child $!; wait"));
    net::http_request const follow("GET", "/api/v0/logs/stream?submission_id=loop&node_id=any&lines=-1&interval=0.01");
    net::http_response log = co_await world.client->send(follow);
    std::string const number = co_await line_of(&log, "child ");
    int const child = std::stoi(number);
    asio::posix::stream_descriptor life = watch_process(executor, child);
    EXPECT_EQ(::kill(child, 0), 0);
    reply const stopping = co_await world.ask("POST", "/api/jobs/loop/stop");
    EXPECT_EQ(stopping.body, R"({"stopped":true})");
    co_await world.end_of("loop");
    EXPECT_EQ(world.head.status_of("loop"), "STOPPED");
    // A signal takes its time; this hangs, and fails, when the child outlives the job.
    co_await life.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
    reply const again = co_await world.ask("POST", "/api/jobs/loop/stop");
    EXPECT_EQ(again.body, R"({"stopped":false})");
    EXPECT_EQ(again.status, 200);
}

KUBERAY_CO_TEST(ray_head, refuses_what_it_does_not_know)
{
    head_world const world(co_await asio::this_coro::executor);
    for (request_row const& row : unknown_jobs) {
        reply const answer = co_await world.ask(row.method, row.target);
        EXPECT_EQ(answer.status, 404) << row.method << row.target;
        EXPECT_EQ(answer.body, row.text) << row.method << row.target;
    }
    reply const wrong = co_await world.ask("PUT", "/api/jobs/");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.fields.get("Allow"), "GET,HEAD,POST");
}

KUBERAY_CO_TEST(ray_head, refuses_malformed_submissions_as_ray_does)
{
    head_world const world(co_await asio::this_coro::executor);
    for (submission_row const& one : malformed) {
        reply const answer = co_await world.ask("POST", "/api/jobs/", one.body);
        EXPECT_EQ(answer.status, one.status) << one.body;
        EXPECT_EQ(last_line_of(answer.body), one.last) << one.body;
    }
}

KUBERAY_CO_TEST(ray_head, refuses_an_id_that_is_taken_until_it_is_deleted)
{
    head_world const world(co_await asio::this_coro::executor);
    json::object const job = job_that("same", "echo once");
    co_await run_to_end(&world, job);
    reply const taken = co_await world.submit(job);
    EXPECT_EQ(taken.status, 500);
    EXPECT_NE(taken.body.find("RuntimeError: Request failed with status code 400: Traceback"), std::string::npos)
        << taken.body;
    EXPECT_NE(
        taken.body.find("ValueError: Job with submission_id same already exists. Please use a different submission_id."
        ),
        std::string::npos
    ) << taken.body;
    reply const deleted = co_await world.ask("DELETE", "/api/jobs/same");
    EXPECT_EQ(deleted.body, R"({"deleted":true})");
    reply const again = co_await world.ask("DELETE", "/api/jobs/same");
    EXPECT_EQ(again.status, 404);
    co_await run_to_end(&world, job);
    reply const log = co_await world.ask("GET", "/api/jobs/same/logs");
    std::string const text(string_at(log.document(), "logs"));
    EXPECT_NE(text.find("once\n"), text.rfind("once\n")) << "the new run is appended: " << text;
}

KUBERAY_CO_TEST(ray_head, lets_jobs_wait_for_resources_and_ignores_their_stop)
{
    head_world world(co_await asio::this_coro::executor);
    json::object big = job_that("big", "echo ran");
    big["entrypoint_num_cpus"] = 64;
    reply const accepted = co_await world.submit(big);
    co_await world.until_message("big", "waiting for resources");
    reply const stopped = co_await world.ask("POST", "/api/jobs/big/stop");
    EXPECT_EQ(stopped.body, R"({"stopped":true})");
    EXPECT_EQ(world.head.status_of("big"), "PENDING");
    reply const logs = co_await world.ask("GET", "/api/jobs/big/logs");
    EXPECT_EQ(logs.body, R"({"logs":""})");
    std::string const target = world.log_target("big");
    reply const file = co_await world.ask("GET", target);
    EXPECT_EQ(file.status, 500);
    EXPECT_EQ(file.body, "Job big has no driver node id info. This is likely a bug. Please file an issue.");
    reply const removed = co_await world.ask("DELETE", "/api/jobs/big");
    EXPECT_EQ(removed.status, 500);
    EXPECT_NE(
        removed.body.find("RuntimeError: Attempted to delete job 'big', but it is in a non-terminal state PENDING."),
        std::string::npos
    ) << removed.body;
}

KUBERAY_CO_TEST(ray_head, lists_submissions_before_drivers)
{
    head_world world(co_await asio::this_coro::executor);
    world.head.add_driver("01000000");
    json::object const job = job_that("a", "true");
    co_await run_to_end(&world, job);
    reply const list = co_await world.ask("GET", "/api/jobs/");
    json::value const jobs = list.document();
    EXPECT_EQ(string_at(jobs, "0.submission_id"), "a");
    EXPECT_EQ(string_at(jobs, "1.type"), "DRIVER");
    EXPECT_EQ(string_at(jobs, "1.job_id"), "01000000");
    for (request_row const& row : things_not_for_drivers) {
        reply const answer = co_await world.ask(row.method, row.target);
        EXPECT_EQ(answer.status, 400) << row.target;
        EXPECT_EQ(answer.body, row.text) << row.target;
    }
}

KUBERAY_CO_TEST(ray_head, runs_programs_of_the_test_instead_of_processes)
{
    ray_head_options options;
    options.runs_processes = false;
    head_world world(co_await asio::this_coro::executor, options);
    world.head.on_entrypoint([](kuberay::testing::entrypoint_call call) -> task<int> {
        task<void> writing = call.write("ran " + call.entrypoint + "\n");
        co_await std::move(writing);
        if (call.entrypoint == "wait") {
            task<void> waiting = call.until_stopped();
            co_await std::move(waiting);
        }
        co_return call.entrypoint == "fail" ? 7 : 0;
    });
    json::object const failing = job_that("fail", "fail");
    co_await run_to_end(&world, failing);
    EXPECT_EQ(world.head.find("fail")->at("driver_exit_code"), json::value(7));
    reply const accepted = co_await world.submit(job_that("wait", "wait"));
    co_await world.until_status("wait", "RUNNING");
    reply const stopping = co_await world.ask("POST", "/api/jobs/wait/stop");
    co_await world.end_of("wait");
    EXPECT_EQ(world.head.status_of("wait"), "STOPPED");
}
