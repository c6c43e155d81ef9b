#include "fake_head.hpp"
#include "support/co_test.hpp"

#include <kuberay/ray/job_log.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>

namespace kuberay::ray {
namespace {

constexpr char const* stream = "/api/v0/logs/stream";
constexpr char const* file = "/api/v0/logs/file";
constexpr char const* text = "/api/jobs/j/logs";
constexpr char const* tail = "/api/jobs/j/logs/tail";

/// A follower of the job of a head, and what it told.
struct scene {
    explicit scene(asio::any_io_executor executor)
        : head(std::make_shared<fake_head>(std::move(executor)))
    {
        options.poll = std::chrono::milliseconds(1);
        options.on_status = [this](submitted_job const& job) { statuses.push_back(job.status); };
        options.on_trouble = [this](error const& cause) { troubles.push_back(cause.message()); };
    }

    job_log_follower follower() const { return job_log_follower(job_client(head), "j", options); }

    std::shared_ptr<fake_head> head;
    job_log_options options;
    std::vector<std::string> statuses, troubles;
};

// Lifetime: `log` outlives the task.
task<std::string> rest_of(job_log_follower* log)
{
    std::string all;
    for (;;) {
        std::optional<std::string> const bytes = co_await log->next();
        if (!bytes) co_return all;
        all += *bytes;
    }
}

task<std::string> read_until(job_log_follower* log, std::size_t size)
{
    std::string all;
    while (all.size() < size) {
        std::optional<std::string> const bytes = co_await log->next();
        if (!bytes) break;
        all += *bytes;
    }
    co_return all;
}

KUBERAY_CO_TEST(job_log, gives_what_the_job_prints_as_it_prints_it_and_then_the_outcome)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->become("PENDING");
    job_log_follower log = on.follower();
    on.head->print("one\n");
    on.head->become("RUNNING");
    std::string const first = co_await read_until(&log, 4);
    EXPECT_EQ(first, "one\n");
    on.head->print("two\n");
    std::string const second = co_await read_until(&log, 4);
    EXPECT_EQ(second, "two\n");
    EXPECT_FALSE(log.job().is_finished());
    on.head->print("three\n");
    on.head->become("FAILED", "exit code 3");
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(rest, "three\n");
    EXPECT_EQ(log.job().status, "FAILED");
    EXPECT_EQ(log.job().message, "exit code 3");
    EXPECT_EQ(log.position(), 14u);
    EXPECT_EQ(on.statuses.back(), "FAILED");
    EXPECT_TRUE(on.troubles.empty()) << on.troubles.front();
}

KUBERAY_CO_TEST(job_log, a_finished_job_is_read_from_its_file_alone)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->print("all of it\n");
    on.head->become("SUCCEEDED");
    job_log_follower log = on.follower();
    std::string const all = co_await rest_of(&log);
    std::optional<std::string> const again = co_await log.next();
    EXPECT_EQ(all, "all of it\n");
    EXPECT_FALSE(again);
    EXPECT_EQ(on.head->requests(stream), 0u);
    EXPECT_EQ(on.head->requests(file), 1u);
}

KUBERAY_CO_TEST(job_log, a_job_that_failed_before_it_had_a_node_has_no_output)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->choose_node("");
    on.head->become("FAILED", "runtime_env setup failed");
    job_log_follower log = on.follower();
    std::string const all = co_await rest_of(&log);
    EXPECT_EQ(all, "");
    EXPECT_EQ(log.job().message, "runtime_env setup failed");
    EXPECT_EQ(on.head->requests("/api/v0"), 0u);
}

KUBERAY_CO_TEST(job_log, a_server_that_does_not_tell_the_node_is_asked_for_text)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->choose_node("");
    on.head->print("one\n");
    job_log_follower log = on.follower();
    std::string const live = co_await read_until(&log, 4);
    on.head->print("two\n");
    on.head->become("SUCCEEDED");
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(live + rest, "one\ntwo\n");
    EXPECT_EQ(on.head->requests("/api/v0"), 0u);
}

KUBERAY_CO_TEST(job_log, nothing_is_lost_or_repeated_when_the_stream_is_cut_at_any_byte)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const output = "one\r\ntwo \xff\xfe three\n";
    for (std::size_t cut = 0; cut <= output.size(); ++cut) {
        scene on(executor);
        on.head->print(output);
        on.head->cut(stream, cut, 2);
        job_log_follower log = on.follower();
        std::string const all = co_await read_until(&log, output.size());
        on.head->become("SUCCEEDED");
        std::string const rest = co_await rest_of(&log);
        EXPECT_EQ(all + rest, output) << cut;
        EXPECT_FALSE(on.troubles.empty()) << cut;
    }
}

KUBERAY_CO_TEST(job_log, the_rest_is_read_on_when_the_file_is_cut_at_any_byte)
{
    auto const executor = co_await asio::this_coro::executor;
    std::string const output = "twenty-one bytes of output";
    for (std::size_t cut = 0; cut < output.size(); ++cut) {
        scene on(executor);
        on.head->print(output);
        on.head->cut(file, cut, cut == 7 ? 3 : 1);
        on.head->become("SUCCEEDED");
        job_log_follower log = on.follower();
        std::string const all = co_await rest_of(&log);
        EXPECT_EQ(all, output) << cut;
    }
}

KUBERAY_CO_TEST(job_log, bytes_that_the_caller_has_are_skipped)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.options.skip = 4;
    on.head->print("one\ntwo\n");
    job_log_follower log = on.follower();
    std::string const live = co_await read_until(&log, 4);
    on.head->become("STOPPED");
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(live + rest, "two\n");
    EXPECT_EQ(log.position(), 8u);
}

KUBERAY_CO_TEST(job_log, a_log_that_became_shorter_is_told_and_does_not_hide_the_outcome)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.options.skip = 100;
    on.head->print("short");
    on.head->become("SUCCEEDED");
    job_log_follower log = on.follower();
    std::string const all = co_await rest_of(&log);
    EXPECT_EQ(all, "");
    EXPECT_EQ(log.job().status, "SUCCEEDED");
    EXPECT_EQ(on.troubles.size(), 1u);
}

struct fallback {
    char const* name;
    std::vector<char const*> refused;
    char const* used;
    char const* output;
    char const* seen;
};

KUBERAY_CO_TEST(job_log, where_a_way_is_refused_the_next_one_is_taken)
{
    auto const executor = co_await asio::this_coro::executor;
    std::vector<fallback> const rows{
        {"by the name of the file",
         {"/api/v0/logs/stream?submission_id", "/api/v0/logs/file?submission_id"},
         "/api/v0/logs/stream?filename",
         "a\r\nb\n",
         "a\r\nb\n"},
        {"no stream", {stream}, file, "a\r\nb\n", "a\r\nb\n"},
        {"no log files", {stream, file}, text, "a\r\nb\xc3\xbc\n", "a\nb\xc3\xbc\n"},
        {"the tail alone", {stream, file, "/api/jobs/j/logs"}, tail, "a\r\nb\n", "a\nb\n"},
    };
    for (fallback const& row : rows) {
        scene on(executor);
        for (char const* refused : row.refused)
            on.head->refuse(refused, 404, "404: Not Found", std::string_view(refused) == text ? 1 : 1000);
        on.head->print(row.output);
        job_log_follower log = on.follower();
        std::string all = co_await read_until(&log, std::string_view(row.seen).size());
        EXPECT_EQ(all, row.seen) << row.name;
        EXPECT_GT(on.head->requests(row.used), 0u) << row.name;
        on.head->print("last\n");
        on.head->become("SUCCEEDED");
        std::string const rest = co_await rest_of(&log);
        EXPECT_EQ(rest, "last\n") << row.name;
    }
}

KUBERAY_CO_TEST(job_log, text_goes_on_where_raw_bytes_stopped)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->print("a\r\nb\r");
    on.head->cut(stream, 5);
    job_log_follower log = on.follower();
    std::string all = co_await read_until(&log, 5);
    on.head->refuse("/api/v0", 404, "404: Not Found", 1000);
    on.head->print("\nc\r\nd\n");
    on.head->become("SUCCEEDED");
    std::string const rest = co_await rest_of(&log);
    EXPECT_EQ(all + rest, "a\r\nb\rc\nd\n");
}

KUBERAY_CO_TEST(job_log, output_that_cannot_be_had_is_told_and_does_not_hide_the_outcome)
{
    auto const executor = co_await asio::this_coro::executor;
    scene on(executor);
    on.head->refuse("/api/v0", 500, "A file is not found at: x", 1000);
    on.head->refuse(text, 500, "UnicodeDecodeError: invalid start byte", 1000);
    on.head->become("SUCCEEDED");
    job_log_follower log = on.follower();
    std::string const all = co_await rest_of(&log);
    EXPECT_EQ(all, "");
    EXPECT_EQ(log.job().status, "SUCCEEDED");
    EXPECT_EQ(on.troubles, std::vector<std::string>{"GET /api/jobs/j/logs of the Ray dashboard: invalid start byte"});
}

}  // namespace
}  // namespace kuberay::ray
