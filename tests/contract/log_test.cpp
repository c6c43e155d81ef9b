#include "pod_place.hpp"

#include <kuberay/base/async_run.hpp>
#include <kuberay/kube/logs.hpp>

#include <algorithm>

using namespace kuberay;
using namespace std::chrono_literals;
using kuberay::contract::pod_place;
using kuberay::contract::refused;

namespace {

constexpr int many_lines = 5000;
timestamp const noon = *parse_rfc3339("2026-01-31T12:00:00Z");

/// Lines of some hundred bytes, a thousand a second, every four of the same moment.
std::string line_of(int number) { return std::to_string(number) + " " + std::string(std::size_t(number % 200), 'x'); }

void write_lines(pod_place* at, int from, int to)
{
    for (int i = from; i < to; ++i)
        at->append(line_of(i), noon + std::chrono::milliseconds(i / 4 * 4));
}

task<std::string> text_of(pod_place at, kube::log_options options)
{
    kube::log_reader reader = co_await kube::read_log(at.client(), at.ns(), at.name(), options);
    std::string text;
    for (;;) {
        std::string const piece = co_await reader.read_some();
        if (piece.empty()) co_return text;
        text += piece;
    }
}

}  // namespace

KUBERAY_POD_CONTRACT(a_log_is_read_as_its_options_say)
{
    co_await at.create();
    co_await at.run();
    for (int i = 0; i < 4; ++i)
        at.append(std::string(1, char('a' + i)), noon + std::chrono::seconds(i) + 500ms);
    kube::log_options all, tail, since, moments, limited, aged;
    tail.tail = 1;
    since.since_time = noon + 2s + 900ms;
    moments.tail = 1;
    moments.timestamps = true;
    limited.limit_bytes = 5;
    aged.since = 60s;
    std::string text = co_await text_of(at, all);
    EXPECT_EQ(text, "a\nb\nc\nd\n");
    text = co_await text_of(at, tail);
    EXPECT_EQ(text, "d\n");
    text = co_await text_of(at, since);
    EXPECT_EQ(text, "c\nd\n") << "the moment is read in whole seconds";
    text = co_await text_of(at, moments);
    EXPECT_EQ(text, "2026-01-31T12:00:03.500000000Z d\n");
    text = co_await text_of(at, limited);
    EXPECT_EQ(text, "a\nb\nc");
    text = co_await text_of(at, aged);
    EXPECT_EQ(text, "") << "all lines are older";
}

KUBERAY_POD_CONTRACT(what_is_not_there_has_no_log)
{
    co_await at.create();
    co_await at.run();
    kube::log_options other;
    other.container = "other";
    task<std::string> reading = text_of(at, other);
    result<std::string> const container = co_await as_result(std::move(reading));
    EXPECT_EQ(refused(container).code(), reason::bad_request);
    task<kube::log_reader> opening = kube::read_log(at.client(), at.ns(), "other", kube::log_options());
    result<kube::log_reader> const pod = co_await as_result(std::move(opening));
    EXPECT_EQ(refused(pod).code(), reason::not_found);
}

KUBERAY_POD_CONTRACT(a_follow_loses_and_repeats_no_line_in_several_cuts)
{
    co_await at.create();
    co_await at.run();
    for (std::uint64_t const after : {0U, 1U, 40U, 31'000U, 64'000U, 100'001U})
        at.cut_log(after);
    write_lines(&at, 0, many_lines / 2);
    kube::log_follow_options options;
    auto const cuts = std::make_shared<int>(0);
    options.on_reconnect = [cuts](error const&) { ++*cuts; };
    kube::log_follower follower(at.client(), at.ns(), at.name(), options);
    for (int i = 0; i < many_lines; ++i) {
        if (i == many_lines / 2) write_lines(&at, many_lines / 2, many_lines);
        std::optional<kube::log_line> const line = co_await follower.next();
        if (!line || line->text != line_of(i) || line->more)
            throw failure(errc::unexpected, "line " + std::to_string(i) + " is " + (line ? line->text : "the end"));
    }
    EXPECT_GE(*cuts, 6);
    co_await at.remove();
    std::optional<kube::log_line> const end = co_await follower.next();
    EXPECT_FALSE(end.has_value()) << end->text;
}

KUBERAY_POD_CONTRACT(lines_that_the_runtime_recorded_in_parts_are_one_line_with_one_time)
{
    co_await at.create();
    co_await at.run();
    std::string const first(16 * 1024, 'a'), second(1000, 'b');
    at.append_parts({first, second}, noon + 900ms);
    at.append("next", noon + 1500ms);
    // Asked for from the second that begins within the line: its rest has no time of its own.
    kube::log_options later;
    later.timestamps = true;
    later.since_time = noon + 1s;
    std::string const rest = co_await text_of(at, later);
    EXPECT_TRUE(rest.ends_with("2026-01-31T12:00:01.500000000Z next\n")) << rest;
    EXPECT_FALSE(rest.starts_with("2026-01-31T12:00:00.9"));
    kube::log_follow_options options;
    kube::log_follower follower(at.client(), at.ns(), at.name(), options);
    std::optional<kube::log_line> line = co_await follower.next();
    EXPECT_TRUE(line->text == first + second);
    EXPECT_EQ(line->time, noon + 900ms);
    line = co_await follower.next();
    EXPECT_EQ(line->text, "next");
}

KUBERAY_POD_CONTRACT(a_follow_waits_for_a_container_that_has_not_started)
{
    kube::log_follower follower(at.client(), at.ns(), at.name(), kube::log_follow_options());
    task<std::optional<kube::log_line>> early = follower.next();
    result<std::optional<kube::log_line>> const absent = co_await as_result(std::move(early));
    EXPECT_EQ(refused(absent).code(), reason::not_found);
    co_await at.create();
    auto const got = std::make_shared<std::optional<result<std::optional<kube::log_line>>>>();
    condition changed(at.client().get_executor());
    auto keep = [got, changed](result<std::optional<kube::log_line>> line) mutable {
        got->emplace(std::move(line));
        changed.notify_all();
    };
    async_run(at.client().get_executor(), follower.next(), keep);
    co_await at.run();
    at.append("started", noon);
    while (!*got)
        co_await changed.wait();
    EXPECT_TRUE((*got)->has_value() && (*got)->value() && (*got)->value()->text == "started");
}
