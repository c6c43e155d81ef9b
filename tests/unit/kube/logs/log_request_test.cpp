#include "kube/log_request.hpp"
#include "support/co_test.hpp"
#include "support/fake_transport.hpp"

#include <kuberay/kube/logs.hpp>

#include <gtest/gtest.h>

namespace kuberay::kube {
namespace {

using namespace std::chrono_literals;
using test::fake_transport;
using test::scripted_answer;

std::string const path = "/api/v1/namespaces/x/pods/p/log";

TEST(LogRequest, puts_every_option_into_the_query)
{
    log_options all;
    all.container = "ray head";
    all.previous = all.timestamps = true;
    all.since = 90s;
    all.tail = 0;
    all.limit_bytes = 7;
    EXPECT_EQ(
        log_request("x", "p", all, log_end::never).target,
        path
            + "?container=ray%20head&follow=true&previous=true&timestamps=true&sinceSeconds=90&tailLines=0&limitBytes=7"
    );
    EXPECT_EQ(log_request("x", "p", log_options()).target, path);
    EXPECT_EQ(log_request("x", "p", log_options()).method, "GET");
}

TEST(LogRequest, a_moment_is_sent_in_whole_seconds)
{
    log_options since;
    since.since_time = parse_rfc3339("2026-01-31T12:00:05.9Z");
    EXPECT_EQ(log_request("x", "p", since).target, path + "?sinceTime=2026-01-31T12%3A00%3A05Z");
}

TEST(LogRequest, refuses_what_would_be_another_request)
{
    log_options both;
    both.since = 1s;
    both.since_time = timestamp();
    EXPECT_THROW(log_request("x", "p", both), failure);
    EXPECT_THROW(log_request("x", "../q", log_options()), failure);
    EXPECT_THROW(log_request("", "p", log_options()), failure);
}

KUBERAY_CO_TEST(ReadLog, gives_the_bytes_as_they_come)
{
    auto server = std::make_shared<fake_transport>(co_await asio::this_coro::executor);
    server->answer("GET", path + "?tailLines=2", scripted_answer(200, "").in_pieces({"a\nb \xc3", "\xa4\n"}));
    client_options over;
    over.transport = server;
    log_options options;
    options.tail = 2;
    client const on(server->get_executor(), config(), over);
    log_reader reader = co_await read_log(on, "x", "p", options);
    std::string const first = co_await reader.read_some();
    std::string const second = co_await reader.read_some();
    std::string const end = co_await reader.read_some();
    EXPECT_EQ(first, "a\nb \xc3");
    EXPECT_EQ(second, "\xa4\n");
    EXPECT_EQ(end, "");
}

KUBERAY_CO_TEST(ReadLog, says_what_was_read_when_the_server_refuses)
{
    auto server = std::make_shared<fake_transport>(co_await asio::this_coro::executor);
    server->answer(scripted_answer(
        400, R"({"kind":"Status","code":400,"reason":"BadRequest","message":"container \"a\" is waiting to start"})"
    ));
    client_options over;
    over.transport = server;
    client const on(server->get_executor(), config(), over);
    task<log_reader> reading = read_log(on, "x", "p", log_options());
    result<log_reader> const refused = co_await as_result(std::move(reading));
    EXPECT_TRUE(refused.has_error() && refused.error().code() == reason::bad_request);
    EXPECT_NE(refused.error().message().find("reading the log of pod \"x/p\""), std::string::npos)
        << refused.error().message();
    EXPECT_NE(refused.error().message().find("is waiting to start"), std::string::npos);
}

}  // namespace
}  // namespace kuberay::kube
