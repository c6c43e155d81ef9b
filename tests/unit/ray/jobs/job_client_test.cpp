#include "fake_head.hpp"
#include "net/http_client.hpp"
#include "support/co_test.hpp"
#include "support/fake_transport.hpp"
#include "support/scratch_folder.hpp"
#include "support/script.hpp"

#include <kuberay/ray/job_client.hpp>

#include <boost/asio/this_coro.hpp>

namespace kuberay::ray {
namespace {

using test::fake_transport;
using test::scripted_answer;

job_submission submission_of(std::string id)
{
    job_submission what;
    what.submission_id = std::move(id);
    what.entrypoint = "run me";
    return what;
}

error lost() { return error(errc::connection_lost, "the connection was lost"); }

constexpr char const* accepted = R"({"job_id":"a","submission_id":"a"})";
constexpr char const* same_job = R"({"submission_id":"a","status":"PENDING","entrypoint":"run me"})";
constexpr char const* other_job = R"({"submission_id":"a","status":"PENDING","entrypoint":"run him"})";
constexpr char const* taken =
    "Traceback (most recent call last):\nValueError: Job with submission_id a already exists. Please use another.\n";

struct lost_answer_row {
    char const* name;
    std::vector<scripted_answer> answers;
    std::vector<std::string> requests;
    bool is_taken;
};

KUBERAY_CO_TEST(job_client, a_lost_answer_to_a_submission_is_settled_by_asking_for_the_job)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const post = "POST /api/jobs/", get = "GET /api/jobs/a";
    scripted_answer const gone = scripted_answer::send_fails(lost());
    std::vector<lost_answer_row> const rows{
        {"answered", {{200, accepted}}, {post}, true},
        {"taken, answer lost", {gone, {200, same_job}}, {post, get}, true},
        {"not taken, sent again", {gone, {404, "Job a does not exist"}, {200, accepted}}, {post, get, post}, true},
        {"taken while it was sent again",
         {gone, {404, "Job a does not exist"}, {500, taken}, {200, same_job}},
         {post, get, post, get},
         true},
        {"the id is another job's", {gone, {200, other_job}}, {post, get}, false},
        {"the id is taken", {{500, taken}}, {post}, false},
        {"lost while asking, asked again", {gone, gone, {200, same_job}}, {post, get, get}, true},
    };
    for (lost_answer_row const& row : rows) {
        auto const server = std::make_shared<fake_transport>(executor);
        for (scripted_answer const& answer : row.answers)
            server->answer(answer);
        job_client const jobs(server);
        result<std::string> const id = co_await as_result(jobs.submit(submission_of("a")));
        EXPECT_EQ(id.has_value(), row.is_taken) << row.name;
        EXPECT_EQ(server->lines(), row.requests) << row.name;
        EXPECT_TRUE(server->is_used_up()) << row.name;
    }
}

KUBERAY_CO_TEST(job_client, when_nobody_can_tell_what_became_of_a_submission_that_is_said)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    for (int i = 0; i < 7; ++i)
        server->answer(scripted_answer::send_fails(lost()));
    server->answer({500, "broken"});
    job_client const jobs(server);
    result<std::string> const id = co_await as_result(jobs.submit(submission_of("a")));
    EXPECT_TRUE(server->is_used_up()) << "it was asked for a while";
    EXPECT_EQ(id.error().code(), reason::internal);
    EXPECT_NE(id.error().message().find("whether the job a was taken is not known"), std::string::npos);
}

KUBERAY_CO_TEST(job_client, a_submission_without_a_good_id_is_not_sent)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    job_client const jobs(server);
    for (char const* id : {"", "a/b"}) {
        result<std::string> const submitted = co_await as_result(jobs.submit(submission_of(id)));
        EXPECT_EQ(submitted.error().code(), errc::bad_input) << id;
    }
    EXPECT_TRUE(server->journal().empty());
}

task<void> stop(job_client jobs, std::string id) { co_await jobs.stop(std::move(id)); }

KUBERAY_CO_TEST(job_client, requests_that_only_read_are_sent_again_and_others_are_not)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    job_client const jobs(server);
    server->answer(scripted_answer::send_fails(lost()));
    server->answer(scripted_answer(200, "[]").then_fails(lost()));
    server->answer({200, "[]"});
    std::vector<submitted_job> const none = co_await jobs.list();
    EXPECT_TRUE(none.empty());
    EXPECT_EQ(server->journal().size(), 3u);
    server->answer(scripted_answer::send_fails(lost()));
    result<void> const stopped = co_await as_result(stop(jobs, "a"));
    EXPECT_EQ(stopped.error().code(), errc::connection_lost);
    EXPECT_EQ(server->journal().size(), 4u);
}

KUBERAY_CO_TEST(job_client, a_deletion_whose_answer_is_lost_counts_when_the_job_is_gone)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    job_client const jobs(server);
    server->answer(scripted_answer::send_fails(lost()));
    server->answer({404, "Job a does not exist"});
    result<void> const first = co_await as_result(jobs.remove("a"));
    EXPECT_TRUE(first.has_value());
    server->answer({404, "Job a does not exist"});
    result<void> const second = co_await as_result(jobs.remove("a"));
    EXPECT_EQ(second.error().code(), reason::not_found);
}

KUBERAY_CO_TEST(job_client, a_server_that_is_no_dashboard_is_found_out)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<scripted_answer> const answers{{404, "no"}, {200, "<html>"}, {200, "{}"}, {302, ""}};
    for (scripted_answer const& answer : answers) {
        auto const server = std::make_shared<fake_transport>(executor);
        server->answer(answer);
        job_client const jobs(server);
        result<job_server_version> const version = co_await as_result(jobs.version());
        EXPECT_EQ(version.error().code(), errc::unexpected) << answer.status;
    }
}

KUBERAY_CO_TEST(job_client, a_server_that_does_not_answer_is_left_after_the_time_that_was_set)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    scripted_answer slow(200, "");
    slow.then_hangs();
    server->answer(slow);
    job_client_options options;
    options.request_timeout = std::chrono::milliseconds(10);
    job_client const jobs(server, options);
    result<submitted_job> const job = co_await as_result(jobs.get("a"));
    EXPECT_EQ(job.error().code(), errc::timed_out);
    EXPECT_EQ(server->drops(), 1) << "the next request goes over a new connection";
}

KUBERAY_CO_TEST(job_client, a_driver_that_was_not_submitted_has_no_log_here)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const server = std::make_shared<fake_transport>(executor);
    server->answer({200, R"({"type":"DRIVER","job_id":"01000000","submission_id":null,"status":"RUNNING"})"});
    job_client const jobs(server);
    std::function<task<void>(std::string)> const unused;
    result<void> const read = co_await as_result(jobs.read_log("01000000", unused));
    EXPECT_EQ(read.error().code(), errc::bad_input);
}

task<void> append(std::string* into, std::string bytes)
{
    *into += bytes;
    co_return;
}

KUBERAY_CO_TEST(job_client, a_log_is_read_on_after_cuts_by_the_best_way_there_is)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    head->print("one two three four");
    head->cut("/api/v0/logs/file", 9);
    head->refuse("/api/v0/logs/file?filename", 404, "404: Not Found");
    job_client const jobs(head);
    std::string all;
    std::function<task<void>(std::string)> const sink = [&](std::string bytes) {
        return append(&all, std::move(bytes));
    };
    co_await jobs.read_log("j", sink);
    EXPECT_EQ(all, "one two three four");
    all.clear();
    head->refuse("/api/v0/logs/file", 500, "gone", 2);
    co_await jobs.read_log("j", sink);
    EXPECT_EQ(all, "one two three four");
    EXPECT_EQ(head->requests("/api/jobs/j/logs"), 1u);
}

task<void> break_pipe(int* calls)
{
    ++*calls;
    throw failure(error_code(EPIPE, boost::system::system_category()), "writing");
    co_return;
}

KUBERAY_CO_TEST(job_client, a_sink_that_fails_ends_the_reading)
{
    auto const executor = co_await asio::this_coro::executor;
    auto const head = std::make_shared<fake_head>(executor);
    head->print("one two three four");
    job_client const jobs(head);
    int calls = 0;
    std::function<task<void>(std::string)> const sink = [&](std::string) { return break_pipe(&calls); };
    result<void> const read = co_await as_result(jobs.read_log("j", sink));
    EXPECT_EQ(read.error().code().value(), EPIPE);
    EXPECT_EQ(calls, 1);
}

std::string put_head(std::size_t size)
{
    return "PUT /api/packages/gcs/p.zip HTTP/1.1\r\nHost: head\r\nContent-Type: application/zip\r\nUser-Agent: "
           "kuberay/0.1.0\r\n"
           "Accept-Encoding: gzip\r\nContent-Length: "
           + std::to_string(size) + "\r\n\r\n";
}

struct uploader {
    explicit uploader(asio::any_io_executor executor)
        : server(executor)
        , on(executor)
    {
        path = folder.path() / "p.zip";
        content.assign(300'000, 'z');
        test::put_content(path, content);
    }

    job_client client()
    {
        net::pool_options connections;
        connections.dial = server.dialer();
        net::http_client_options const defaults;
        return job_client(net::make_http_client_over(on, "head", std::move(connections), defaults));
    }

    test::scratch_folder folder;
    test::scripted_server server;
    asio::any_io_executor on;
    std::filesystem::path path;
    std::string content;
};

constexpr char const* uploaded = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

KUBERAY_CO_TEST(job_client, a_package_is_sent_as_it_is_and_once_more_after_a_cut)
{
    auto const executor = co_await asio::this_coro::executor;
    uploader up(executor);
    std::string const request = put_head(up.content.size()) + up.content;
    up.server.add(test::script().expect_write(request.substr(0, 150'000)).lose());
    up.server.add(test::script().expect_write(request).reply(uploaded));
    std::vector<std::uint64_t> steps;
    std::function<void(std::uint64_t)> const tell = [&](std::uint64_t sent) { steps.push_back(sent); };
    job_client const jobs = up.client();
    co_await jobs.upload_package("p.zip", up.path, tell);
    EXPECT_EQ(up.server.dialled(), 2u);
    EXPECT_EQ(steps.back(), up.content.size());
}

KUBERAY_CO_TEST(job_client, a_package_that_is_too_large_is_refused_as_such)
{
    auto const executor = co_await asio::this_coro::executor;
    uploader up(executor);
    std::string const refusal =
        "HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/plain\r\nContent-Length: 49"
        "\r\n\r\nMaximum request body size 104857600 exceeded.    ";
    up.server.add(test::script().expect_write_to("\r\n\r\n").reply(refusal));
    job_client const jobs = up.client();
    std::function<void(std::uint64_t)> const silent;
    result<void> const sent = co_await as_result(jobs.upload_package("p.zip", up.path, silent));
    EXPECT_EQ(sent.error().code(), errc::too_large);
    EXPECT_NE(sent.error().message().find("104857600"), std::string::npos) << sent.error().message();
}

KUBERAY_CO_TEST(job_client, a_package_file_that_is_not_there_is_named)
{
    auto const executor = co_await asio::this_coro::executor;
    uploader up(executor);
    job_client const jobs = up.client();
    std::function<void(std::uint64_t)> const silent;
    result<void> const sent = co_await as_result(jobs.upload_package("p.zip", up.path / "absent", silent));
    EXPECT_NE(sent.error().message().find("absent"), std::string::npos) << sent.error().message();
    EXPECT_EQ(up.server.dialled(), 0u);
}

}  // namespace
}  // namespace kuberay::ray
