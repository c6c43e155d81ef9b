#include "pod_world.hpp"
#include "support/co_test.hpp"

#include <boost/asio/this_coro.hpp>

#include <string>
#include <utility>

using namespace kuberay;
using namespace kuberay::test;
using kuberay::testing::stream_fault;

namespace {

timestamp at_second(int second) { return *parse_rfc3339("2026-01-02T03:04:00.25Z") + std::chrono::seconds(second); }

void add_lines(pod_streams& streams, int count)
{
    for (int i = 0; i < count; ++i)
        streams.append_log("one", "main", "line " + std::to_string(i) + "\n", at_second(i));
}

}  // namespace

KUBERAY_CO_TEST(pod_logs, a_log_is_shown_as_its_parameters_say)
{
    world in(co_await asio::this_coro::executor);
    add_lines(in.streams, 4);
    in.server.set_time(at_second(10));
    struct row {
        char const *query, *text;
    };
    for (row const& one : {
             row{"", "line 0\nline 1\nline 2\nline 3\n"},
             row{"?tailLines=2", "line 2\nline 3\n"},
             row{"?tailLines=0", ""},
             row{"?tailLines=99&limitBytes=9", "line 0\nli"},
             row{"?sinceTime=2026-01-02T03:04:02.9Z", "line 2\nline 3\n"},
             row{"?sinceSeconds=7", "line 3\n"},
             row{"?timestamps=true&tailLines=1", "2026-01-02T03:04:03.250000000Z line 3\n"},
             row{"?timestamps=false&tailLines=1", "line 3\n"},
         }) {
        std::string const target = std::string("one/log") + one.query;
        std::string const text = co_await log_of(in.client, target);
        EXPECT_EQ(text, one.text) << one.query;
    }
}

KUBERAY_CO_TEST(pod_logs, a_log_is_refused_in_the_words_of_the_server)
{
    world in(co_await asio::this_coro::executor);
    struct row {
        char const *target, *words;
    };
    for (row const& one : {
             row{"none/log", "pods \"none\" not found"},
             row{"two/log", "a container name must be specified for pod two, choose one of: [init main side]"},
             row{"one/log?container=other", "container other is not valid for pod one"},
             row{"one/log?previous=true", "previous terminated container \"main\" in pod \"one\" not found\n"},
             row{"one/log?tailLines=x", "strconv.ParseInt: parsing \"x\": invalid syntax"},
             row{"one/log?limitBytes=0",
                 "PodLogOptions \"one\" is invalid: limitBytes: Invalid value: 0: must be greater than 0"},
             row{"pulling/log", "container \"main\" in pod \"pulling\" is waiting to start: ErrImagePull"},
         }) {
        std::string const target = one.target;
        error const why = co_await error_of(log_of(in.client, target));
        EXPECT_EQ(words_of(why), one.words) << one.target;
    }
    net::http_response const none = co_await in.client.send(get_of("waiting/log"));
    EXPECT_EQ(none.status(), 204);
}

KUBERAY_CO_TEST(pod_logs, a_restart_ends_the_follow_and_keeps_the_previous_log)
{
    world in(co_await asio::this_coro::executor);
    add_lines(in.streams, 1);
    net::http_response follow = co_await in.client.send(get_of("one/log?follow=true"));
    std::string text = co_await follow.read_some();
    EXPECT_EQ(text, "line 0\n");
    in.streams.append_log("one", "main", "more\n");
    text = co_await follow.read_some();
    EXPECT_EQ(text, "more\n");
    EXPECT_EQ(in.streams.sessions(), 1u);
    in.streams.rotate_log("one", "main");
    text = co_await follow.read_some();
    EXPECT_EQ(text, "") << "the follow has ended";
    std::string const previous = co_await log_of(in.client, "one/log?previous=true");
    EXPECT_EQ(previous, "line 0\nmore\n");
    std::string const current = co_await log_of(in.client, "one/log");
    EXPECT_EQ(current, "");
    json::object const pod = in.server.find("pods", "default", "one").value();
    json::value const& status = pod.at("status").at("containerStatuses").at(0);
    EXPECT_EQ(status.at("restartCount").as_int64(), 1);
    EXPECT_TRUE(status.at("lastState").as_object().contains("terminated"));
}

KUBERAY_CO_TEST(pod_logs, a_follow_ends_with_the_container_the_pod_or_the_client)
{
    world in(co_await asio::this_coro::executor);
    net::http_response first = co_await in.client.send(get_of("one/log?follow=true"));
    in.streams.end_log("one", "main");
    std::string text = co_await first.read_some();
    EXPECT_EQ(text, "");
    json::object const pod = in.server.find("pods", "default", "one").value();
    EXPECT_TRUE(pod.at("status").at("containerStatuses").at(0).at("state").as_object().contains("terminated"));

    net::http_response second = co_await in.client.send(get_of("two/log?container=side&follow=true"));
    EXPECT_EQ(in.streams.sessions(), 1u);
    in.server.remove("pods", "default", "two");
    text = co_await second.read_some();
    EXPECT_EQ(text, "");

    in.server.put_yaml(pods_yaml);
    {
        net::http_response const third = co_await in.client.send(get_of("two/log?container=side&follow=true"));
        EXPECT_EQ(in.streams.sessions(), 1u);
    }
    auto const is_over = [&in] { return in.streams.sessions() == 0; };
    co_await in.server.until(is_over);
}

KUBERAY_CO_TEST(pod_logs, a_log_breaks_off_or_ends_early_when_asked)
{
    world in(co_await asio::this_coro::executor);
    add_lines(in.streams, 3);
    stream_fault harm;
    harm.what = stream_fault::kind::log_false_end;
    harm.after_bytes = 9;
    in.streams.inject(harm);
    std::string const early = co_await log_of(in.client, "one/log?follow=true");
    EXPECT_EQ(early, "line 0\nli");
    harm.what = stream_fault::kind::log_cut;
    harm.pod = "one";
    in.streams.inject(harm);
    error const why = co_await error_of(log_of(in.client, "one/log"));
    EXPECT_EQ(why.code(), errc::connection_lost) << why.message();
}

KUBERAY_CO_TEST(pod_logs, long_lines_are_split_as_runtimes_do_and_shown_whole)
{
    world in(co_await asio::this_coro::executor);
    std::string const line(40000, 'x');
    in.streams.append_log("one", "main", line + "\nend\n", at_second(1));
    std::string const text = co_await log_of(in.client, "one/log?timestamps=true");
    std::string const time = "2026-01-02T03:04:01.250000000Z ";
    EXPECT_EQ(text, time + line + "\n" + time + "end\n");
    std::string const tail = co_await log_of(in.client, "one/log?tailLines=2");
    EXPECT_EQ(tail, std::string(40000 - 32768, 'x') + "\nend\n") << "a part counts as a line";
}
