// The output of jobs on the head of a Ray cluster, by its four ways.

#include "head_place.hpp"

#include <algorithm>

using namespace kuberay;
using kuberay::contract::behind_its_name;
using kuberay::contract::head_place;
using kuberay::contract::job_that;
using kuberay::contract::reply;

namespace {

std::string file_of(std::string const& id) { return "/api/v0/logs/file?node_id=x&submission_id=" + id; }

struct messages {
    messages() = default;
    std::vector<std::string> all;
    int close_code = 0;

    std::string text() const
    {
        std::string whole;
        for (std::string const& one : all)
            whole += one;
        return whole;
    }
};

task<messages> tail_of(head_place at, std::string id)
{
    net::http_request const request = at.dressed(net::http_request("GET", "/api/jobs/" + id + "/logs/tail"));
    std::vector<std::string> const none;
    net::websocket socket = co_await net::connect_websocket(at.client(), request, none);
    messages got;
    for (;;) {
        std::optional<net::websocket_message> const message = co_await socket.read();
        if (!message) break;
        EXPECT_FALSE(message->binary);
        got.all.push_back(message->payload);
    }
    got.close_code = socket.close_code();
    co_return got;
}

task<std::string> text_up_to(net::http_response* answer, std::string end)
{
    std::string text;
    while (!text.ends_with(end)) {
        std::string const piece = co_await answer->read_some();
        if (piece.empty()) co_return text + "(ended)";
        text += piece;
    }
    co_return text;
}

}  // namespace

KUBERAY_HEAD_CONTRACT(a_log_begins_with_two_lines_of_rays_own)
{
    std::string const id = at.own("lines");
    std::string const entrypoint = behind_its_name("echo mine");
    json::object const job = co_await at.run(job_that(id, entrypoint));
    std::string const log = co_await at.log(id);
    std::size_t const first = log.find('\n');
    EXPECT_TRUE(log.substr(0, first).ends_with("\tINFO job_manager.py:581 -- Runtime env is setting up.")) << log;
    EXPECT_EQ(log.substr(0, log.find('\t')).size(), std::string("2026-01-31 12:00:00,123").size()) << log;
    EXPECT_EQ(log.substr(first + 1), "Running entrypoint for job " + id + ": " + entrypoint + "\nmine\n");
}

KUBERAY_HEAD_CONTRACT(lines_count_from_the_end)
{
    std::string const id = at.own("many");
    json::object const job = co_await at.run(job_that(id, behind_its_name("seq 1500")));
    reply const usual = co_await at.ask("GET", file_of(id));
    EXPECT_EQ(usual.body.substr(0, 8), "501\n502\n");
    EXPECT_TRUE(usual.body.ends_with("\n1500\n"));
    EXPECT_EQ(usual.fields.get("Content-Type"), "text/plain");
    EXPECT_EQ(usual.fields.get("Content-Disposition"), "attachment; filename=\"file.txt\"");
    EXPECT_EQ(usual.fields.get("Transfer-Encoding"), "chunked");
    reply const zero = co_await at.ask("GET", file_of(id) + "&lines=0");
    EXPECT_EQ(zero.body, usual.body);
    reply const three = co_await at.ask("GET", file_of(id) + "&lines=3");
    EXPECT_EQ(three.body, "1498\n1499\n1500\n");
    reply const word = co_await at.ask("GET", file_of(id) + "&lines=x");
    EXPECT_EQ(word.status, 500);
    std::string const node(job.at("driver_node_id").as_string());
    reply const by_name =
        co_await at.ask("GET", "/api/v0/logs/file?lines=1&filename=job-driver-" + id + ".log&node_id=" + node);
    EXPECT_EQ(by_name.body, "1500\n");
    reply const missing = co_await at.ask("GET", "/api/v0/logs/file?filename=nope.log&node_id=" + node);
    // A busy head was seen to begin its answer before it looked; nothing follows then.
    if (missing.status == 200) {
        EXPECT_EQ(missing.body, "");
    } else {
        EXPECT_EQ(missing.status, 500);
        EXPECT_TRUE(missing.body.starts_with("A file is not found at: /")) << missing.body;
        EXPECT_TRUE(missing.body.ends_with("/logs/nope.log")) << missing.body;
    }
    reply const listed = co_await at.ask("GET", "/api/v0/logs?glob=job-driver-" + id + "*&node_id=" + node);
    EXPECT_EQ(listed.document().at("data").at("result"), json::value({{"internal", {"job-driver-" + id + ".log"}}}))
        << listed.body;
}

KUBERAY_HEAD_CONTRACT(get_logs_reads_text_strictly_and_the_file_gives_bytes)
{
    std::string const returns = at.own("returns");
    json::object const first = co_await at.run(job_that(returns, behind_its_name("printf 'a\\rb\\r\\nc\\000d\\n'")));
    reply const text = co_await at.ask("GET", "/api/jobs/" + returns + "/logs");
    std::string const logs(string_at(text.document(), "logs"));
    EXPECT_TRUE(logs.ends_with(std::string("\na\nb\nc\0d\n", 9))) << logs;
    std::string const bytes = at.own("bytes");
    json::object const second = co_await at.run(job_that(bytes, behind_its_name("printf 'a\\377b\\n'")));
    reply const strict = co_await at.ask("GET", "/api/jobs/" + bytes + "/logs");
    EXPECT_EQ(strict.status, 500);
    EXPECT_NE(strict.body.find("\nRuntimeError: Request failed with status code 500: Traceback"), std::string::npos);
    EXPECT_NE(strict.body.find("\nUnicodeDecodeError: 'utf-8' codec can't decode byte"), std::string::npos);
    std::string const raw = co_await at.log(bytes);
    EXPECT_TRUE(raw.ends_with("\na\377b\n")) << raw;
    messages const tail = co_await tail_of(at, bytes);
    EXPECT_EQ(tail.text(), "");
    EXPECT_EQ(tail.close_code, 1000);
}

KUBERAY_HEAD_CONTRACT(a_stream_gives_lines_as_they_come_and_never_ends)
{
    std::string const id = at.own("stream");
    // It tells its log's file, and goes on when another job says so: they run on one machine, which may not be ours.
    std::string const gate = "/tmp/" + id + ".gate";
    std::string const steps = "mkfifo " + gate + "; readlink /proc/$$/fd/1; echo one; cat " + gate + "; rm " + gate;
    reply const accepted = co_await at.submit(job_that(id, behind_its_name(steps)));
    json::object const running = co_await at.until(id, "RUNNING");
    net::http_request const request =
        at.dressed(net::http_request("GET", "/api/v0/logs/stream?node_id=x&lines=-1&interval=0.1&submission_id=" + id));
    net::http_response answer = co_await at.client()->send(request);
    EXPECT_EQ(answer.status(), 200);
    std::string const text = co_await text_up_to(&answer, "\none\n");
    json::object const opened = co_await at.run(job_that(at.own("opener"), "echo two >" + gate));
    std::string const second = co_await text_up_to(&answer, "two\n");
    EXPECT_EQ(second, "two\n");
    json::object const ended = co_await at.until(id, "SUCCEEDED");
    // What somebody writes into the file of a job that is over is told as well.
    std::size_t const before = text.rfind('\n', text.size() - std::string("\none\n").size() - 1);
    std::string const file = text.substr(before + 1, text.size() - before - std::string("\n\none\n").size());
    json::object const written = co_await at.run(job_that(at.own("writer"), "echo three >>" + file));
    std::string const third = co_await text_up_to(&answer, "three\n");
    EXPECT_EQ(third, "three\n");
}

KUBERAY_HEAD_CONTRACT(the_tail_sends_ten_lines_at_a_time_and_closes_in_order)
{
    std::string const id = at.own("tail");
    json::object const job = co_await at.run(job_that(id, behind_its_name("seq 25")));
    messages const tail = co_await tail_of(at, id);
    EXPECT_EQ(tail.close_code, 1000);
    EXPECT_TRUE(tail.text().ends_with("\n24\n25\n")) << tail.text();
    for (std::string const& one : tail.all)
        EXPECT_LE(std::ranges::count(one, '\n'), 10);
    EXPECT_EQ(tail.all.size(), 3U) << "27 lines";
    net::http_request const plain("GET", "/api/jobs/" + id + "/logs/tail");
    reply const refused = co_await at.send(plain);
    EXPECT_EQ(refused.status, 500);
    EXPECT_EQ(refused.body, "500: WebSocket proxy error");
}

KUBERAY_HEAD_CONTRACT(a_tail_of_a_job_that_failed_before_it_ran_closes_at_once)
{
    std::string const id = at.own("before");
    json::object request = job_that(id, "x");
    request["runtime_env"] = {{"working_dir", "/not/there"}};
    json::object const job = co_await at.run(request, "FAILED");
    messages const tail = co_await tail_of(at, id);
    EXPECT_EQ(tail.text(), "");
    EXPECT_EQ(tail.close_code, 1000);
}
