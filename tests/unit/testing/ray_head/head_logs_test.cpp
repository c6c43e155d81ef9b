#include "head_world.hpp"

#include <kuberay/net/websocket.hpp>

#include <algorithm>

using namespace kuberay;
using namespace kuberay::test;
using namespace std::chrono_literals;

namespace {

struct file_row {
    std::string query;
    int status;
    std::string body;
};

std::vector<file_row> const refusals = {
    {"file?submission_id=many", 500, "500 Internal Server Error\n\nServer got itself in trouble"},
    {"file?submission_id=many&node_id=x&node_ip=127.0.0.1", 500,
     "500 Internal Server Error\n\nServer got itself in trouble"},
    {"file?submission_id=many&node_id=x&interval=1", 500, "500 Internal Server Error\n\nServer got itself in trouble"},
    {"file?submission_id=many&node_id=x&lines=some", 500, "500 Internal Server Error\n\nServer got itself in trouble"},
    {"other?submission_id=many&node_id=x", 500, "500 Internal Server Error\n\nServer got itself in trouble"},
    {"file?node_id=x", 500, "500 Internal Server Error\n\nServer got itself in trouble"},
    {"file?filename=job-driver-many.log&node_id=abc", 500, "Agent for node id: abc doesn't exist."},
    {"file?submission_id=nope&node_id=x", 500,
     "Could not find a log file. Please make sure the given option exists in the cluster.\n\tnode_id: "
     "None\n\tfilename: "
     "None\n\tactor_id: None\n\ttask_id: None\n\tpid: None\n\tsuffix: out\n\tsubmission_id: nope\n\tattempt_number: 0\n"
    },
};

task<void> run_to_end(head_world const* world, std::string id, std::string entrypoint)
{
    reply const accepted = co_await world->submit(job_that(id, entrypoint));
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    co_await world->end_of(id);
}

/// Reads the body until it ends with `end`.
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

task<std::string> all_messages(net::websocket* socket)
{
    std::string text;
    for (;;) {
        std::optional<net::websocket_message> const message = co_await socket->read();
        if (!message) co_return text;
        text += message->payload;
    }
}

}  // namespace

KUBERAY_CO_TEST(ray_head_logs, gives_the_last_lines_of_a_file)
{
    head_world const world(co_await asio::this_coro::executor);
    co_await run_to_end(&world, "many", "for i in $(seq 1500); do echo $i; done");
    std::string const target = "/api/v0/logs/file?submission_id=many&node_id=x";
    reply const usual = co_await world.ask("GET", target);
    EXPECT_EQ(usual.body.substr(0, 8), "501\n502\n");
    reply const zero = co_await world.ask("GET", target + "&lines=0");
    EXPECT_EQ(zero.body, usual.body);
    reply const three = co_await world.ask("GET", target + "&lines=3");
    EXPECT_EQ(three.body, "1498\n1499\n1500\n");
    reply const by_name =
        co_await world.ask("GET", "/api/v0/logs/file?filename=job-driver-many.log&node_ip=127.0.0.1&lines=1");
    EXPECT_EQ(by_name.body, "1500\n");
    reply const all = co_await world.ask("GET", target + "&lines=-1");
    EXPECT_TRUE(all.body.ends_with("\n1499\n1500\n"));
    EXPECT_NE(all.body.find("Running entrypoint for job many: for i"), std::string::npos);
    for (file_row const& row : refusals) {
        reply const refused = co_await world.ask("GET", "/api/v0/logs/" + row.query);
        EXPECT_EQ(refused.status, row.status) << row.query;
        EXPECT_EQ(refused.body, row.body) << row.query;
    }
    reply const outside = co_await world.ask("GET", "/api/v0/logs/file?filename=../../../etc/passwd&node_ip=127.0.0.1");
    EXPECT_EQ(outside.status, 500);
    EXPECT_TRUE(outside.body.starts_with("A file is not found at: /")) << outside.body;
}

KUBERAY_CO_TEST(ray_head_logs, streams_what_comes_and_never_ends_by_itself)
{
    ray_head_options options;
    options.runs_processes = false;
    head_world world(co_await asio::this_coro::executor, options);
    condition go(co_await asio::this_coro::executor);
    world.head.on_entrypoint([go](kuberay::testing::entrypoint_call call) mutable -> task<int> {
        task<void> first = call.write("one\n");
        co_await std::move(first);
        co_await go.wait();
        task<void> second = call.write("two\n");
        co_await std::move(second);
        co_return 0;
    });
    reply const accepted = co_await world.submit(job_that("j", "x"));
    co_await world.until_status("j", "RUNNING");
    net::http_request request("GET", "/api/v0/logs/stream?submission_id=j&node_id=x&lines=-1&interval=0.01");
    net::http_response answer = co_await world.client->send(request);
    std::string const before = co_await text_up_to(&answer, "one\n");
    EXPECT_NE(before.find("Running entrypoint for job j: x\none\n"), std::string::npos) << before;
    go.notify_all();
    std::string const after = co_await text_up_to(&answer, "two\n");
    EXPECT_EQ(after, "two\n");
    co_await world.end_of("j");
    task<std::string> reading = answer.read_some();
    result<std::string> const more = co_await as_result(with_timeout(300ms, std::move(reading)));
    EXPECT_TRUE(more.has_error() && more.error().code() == errc::timed_out) << "it ended: " << *more;
}

KUBERAY_CO_TEST(ray_head_logs, decodes_the_text_of_get_logs)
{
    head_world const world(co_await asio::this_coro::executor);
    co_await run_to_end(&world, "cr", "printf 'a\\rb\\r\\nc\\000d\\n'");
    reply const text = co_await world.ask("GET", "/api/jobs/cr/logs");
    std::string const logs(string_at(text.document(), "logs"));
    EXPECT_TRUE(logs.ends_with(std::string("\na\nb\nc\0d\n", 9))) << logs;
    co_await run_to_end(&world, "bin", "printf 'a\\377b\\n'");
    reply const bytes = co_await world.ask("GET", "/api/jobs/bin/logs");
    EXPECT_EQ(bytes.status, 500);
    EXPECT_NE(bytes.body.find("UnicodeDecodeError: 'utf-8' codec can't decode byte"), std::string::npos);
    std::string const target = world.log_target("bin");
    reply const raw = co_await world.ask("GET", target);
    EXPECT_TRUE(raw.body.ends_with("\na\377b\n"));
}

KUBERAY_CO_TEST(ray_head_logs, tails_over_a_websocket_and_closes_it_in_order)
{
    ray_head_options options;
    options.tail_pause = 10ms;
    head_world const world(co_await asio::this_coro::executor, options);
    co_await run_to_end(&world, "j", "for i in $(seq 25); do echo $i; done");
    net::http_request const request("GET", "/api/jobs/j/logs/tail");
    std::vector<std::string> const none;
    net::websocket socket = co_await net::connect_websocket(world.client, request, none);
    std::optional<net::websocket_message> const first = co_await socket.read();
    EXPECT_EQ(std::ranges::count(first->payload, '\n'), 10);
    EXPECT_FALSE(first->binary);
    std::string const rest = co_await all_messages(&socket);
    EXPECT_TRUE(rest.ends_with("24\n25\n")) << rest;
    EXPECT_EQ(socket.close_code(), 1000);
    reply const plain = co_await world.ask("GET", "/api/jobs/j/logs/tail");
    EXPECT_EQ(plain.status, 500);
    EXPECT_EQ(plain.body, "500: WebSocket proxy error");
}

KUBERAY_CO_TEST(ray_head_logs, closes_the_tail_with_1000_when_it_loses_text)
{
    ray_head_options options;
    options.tail_pause = 1ms;
    head_world const world(co_await asio::this_coro::executor, options);
    co_await run_to_end(&world, "bin", "printf 'a\\377b\\n'");
    net::http_request const request("GET", "/api/jobs/bin/logs/tail");
    std::vector<std::string> const none;
    net::websocket socket = co_await net::connect_websocket(world.client, request, none);
    std::string const text = co_await all_messages(&socket);
    EXPECT_EQ(text, "");
    EXPECT_EQ(socket.close_code(), 1000);
}

KUBERAY_CO_TEST(ray_head_logs, lists_the_files)
{
    head_world const world(co_await asio::this_coro::executor);
    co_await run_to_end(&world, "j", "true");
    reply const listed = co_await world.ask("GET", "/api/v0/logs?node_ip=127.0.0.1&glob=job-driver-*");
    EXPECT_EQ(listed.body, R"({"result":true,"msg":"","data":{"result":{"internal":["job-driver-j.log"]}}})");
    reply const nothing = co_await world.ask("GET", "/api/v0/logs?node_ip=127.0.0.1&glob=no*");
    EXPECT_EQ(nothing.body, R"({"result":true,"msg":"","data":{"result":{}}})");
    reply const nowhere = co_await world.ask("GET", "/api/v0/logs");
    EXPECT_EQ(nowhere.status, 400);
    reply const elsewhere = co_await world.ask("GET", "/api/v0/logs?node_ip=9.9.9.9");
    EXPECT_EQ(elsewhere.status, 404);
}
