#include "unit/ray/server/fixture.hpp"

#include <kuberay/ray/follow_logs.hpp>
#include <kuberay/testing/pod_streams.hpp>

#include <memory>
#include <vector>

namespace kuberay::ray {
namespace {

using words = std::vector<std::string>;

/// What `tail` is in the pods: what each call of it writes, and how it ends.
struct tail_call {
    tail_call() = default;

    tail_call(std::string out, std::string err, bool breaks)
        : out(std::move(out))
        , err(std::move(err))
        , breaks(breaks)
    {
    }

    std::string out, err;
    bool breaks = false;  ///< the connection does, behind it; else it waits for more
};

struct scene : test::server_and_client {
    explicit scene(asio::any_io_executor executor)
        : server_and_client(std::move(executor))
        , streams(server)
    {
        put_cluster("demo");
        put_pod("demo-head", "demo", "headgroup", true);
        options.file = "raylet.out";
        options.on_trouble = [this](std::string const&, error const& cause) { troubles.push_back(cause.message()); };
        streams.on_exec([this](testing::exec_call call) { return run(this, std::move(call)); });
    }

    static task<int> run(scene* self, testing::exec_call call)
    {
        self->commands.push_back(call.command);
        tail_call const now = self->calls.empty() ? tail_call() : self->calls.front();
        if (!self->calls.empty()) self->calls.erase(self->calls.begin());
        if (!now.err.empty()) co_await call.write_errors(now.err);
        if (!now.out.empty()) co_await call.write_output(now.out);
        if (now.breaks) co_return 1;
        co_await sleep_for(std::chrono::hours(1));
        co_return 0;
    }

    task<words> take(std::size_t count)
    {
        cluster_log_follower follower(client, "", "demo", options);
        words lines;
        for (std::size_t i = 0; i < count; ++i) {
            std::optional<node_log_line> const line = co_await follower.next();
            lines.push_back(line ? line->line.text : "end");
        }
        co_return lines;
    }

    testing::pod_streams streams;
    follow_logs_options options;
    std::vector<tail_call> calls;
    std::vector<words> commands;
    words troubles;
};

std::string const path = "/tmp/ray/session_latest/logs/raylet.out";

KUBERAY_CO_TEST(FollowFile, goes_on_at_the_byte_where_it_stopped)
{
    scene at(co_await asio::this_coro::executor);
    at.calls = {tail_call("one\ntwo\nhal", "", true), tail_call("half\nend\n", "", false)};
    words const lines = co_await at.take(4);
    EXPECT_EQ(lines, (words{"one", "two", "half", "end"}));
    EXPECT_EQ(at.commands, (std::vector<words>{{"tail", "-c", "+1", "-F", path}, {"tail", "-c", "+9", "-F", path}}));
}

KUBERAY_CO_TEST(FollowFile, from_a_tail_on_it_goes_on_with_what_comes_and_says_so)
{
    scene at(co_await asio::this_coro::executor);
    at.options.tail = 5;
    at.calls = {tail_call("one\n", "", true), tail_call("two\n", "", false)};
    words const lines = co_await at.take(2);
    EXPECT_EQ(lines, (words{"one", "two"}));
    EXPECT_EQ(at.commands, (std::vector<words>{{"tail", "-n", "5", "-F", path}, {"tail", "-n", "0", "-F", path}}));
    EXPECT_TRUE(!at.troubles.empty() && at.troubles.back().find("lines may be missing") != std::string::npos);
}

KUBERAY_CO_TEST(FollowFile, a_file_that_was_replaced_has_another_start)
{
    scene at(co_await asio::this_coro::executor);
    at.calls = {
        tail_call("one\n", "tail: 'raylet.out' has been replaced;  following new file\n", true),
        tail_call("two\n", "", false)
    };
    words const lines = co_await at.take(2);
    EXPECT_EQ(at.commands.back(), (words{"tail", "-n", "0", "-F", path}));
    EXPECT_NE(at.troubles.front().find("has been replaced"), std::string::npos);
}

KUBERAY_CO_TEST(FollowFile, names_that_leave_the_folder_are_refused_before_anything_is_asked)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    for (std::string const file :
         {"../x", "a/../x", "/etc/passwd", "a//b", "./a", "a/", "..", ".", "a\nb", "a\x1b[0m"}) {
        scene at(executor);
        at.options.file = file;
        task<words> taking = at.take(1);
        result<words> const refused = co_await as_result(std::move(taking));
        EXPECT_TRUE(refused.has_error() && refused.error().code() == errc::bad_input) << file;
        EXPECT_TRUE(at.server.journal().empty()) << file;
    }
    scene at(executor);
    at.options.file = "old/..a.out";
    at.calls = {tail_call("x\n", "", false)};
    words const lines = co_await at.take(1);
    EXPECT_EQ(lines, words{"x"});
}

}  // namespace
}  // namespace kuberay::ray
