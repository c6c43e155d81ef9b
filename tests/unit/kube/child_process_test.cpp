#include "kube/child_process.hpp"
#include "support/co_test.hpp"
#include "unit/kube/script_folder.hpp"

#include <boost/system/errc.hpp>

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace {

using namespace kuberay;
using namespace kuberay::kube;
using namespace kuberay::kube::test;
using namespace std::chrono_literals;

child_command command_of(std::string program)
{
    child_command command;
    command.program = std::move(program);
    return command;
}

KUBERAY_CO_TEST(child_process, collects_what_it_writes_and_how_it_ends)
{
    script_folder const folder;
    child_command command = command_of(folder.script("a", "printf '%s|' \"$@\"; cat; exit 3\n"));
    command.args = {"one two", "$HOME", ""};
    child_result const ended = co_await run_child(command);
    EXPECT_EQ(ended.output, "one two|$HOME||");
    EXPECT_EQ(ended.exit_code, 3);
    EXPECT_EQ(ended.signal, 0);
}

KUBERAY_CO_TEST(child_process, gets_our_environment_and_more)
{
    script_folder const folder;
    child_command command = command_of(folder.script("a", "printf '%s:%s' \"$EXTRA\" \"${PATH:+set}\"\n"));
    command.env = {{"EXTRA", "first"}, {"EXTRA", "x=y"}};
    child_result const ended = co_await run_child(command);
    EXPECT_EQ(ended.output, "x=y:set");
}

KUBERAY_CO_TEST(child_process, a_signal_is_told_apart_from_an_exit_code)
{
    script_folder const folder;
    child_result const ended = co_await run_child(command_of(folder.script("a", "kill -TERM $$\n")));
    EXPECT_EQ(ended.signal, SIGTERM);
}

KUBERAY_CO_TEST(child_process, a_program_that_is_not_there_is_the_systems_error)
{
    auto const missing = co_await as_result(run_child(command_of("no-such-program-here")));
    EXPECT_TRUE(missing.error().code() == boost::system::errc::no_such_file_or_directory) << missing.error().message();
}

KUBERAY_CO_TEST(child_process, output_is_bounded)
{
    script_folder const folder;
    child_command command = command_of(folder.script("a", "exec yes\n"));
    command.max_output = 100000;
    auto const flooded = co_await as_result(run_child(command));
    EXPECT_EQ(flooded.error().code(), errc::too_large);
}

// The script tells its pid, and then does nothing: the limit ends it.
KUBERAY_CO_TEST(child_process, cancellation_kills_and_reaps)
{
    script_folder const folder;
    child_command command = command_of(folder.script("a", "echo $$ > " + folder.path("pid") + "\nexec sleep 1000\n"));
    std::string text;
    while (text.empty()) {
        auto const ended = co_await as_result(with_timeout(50ms, run_child(command)));
        EXPECT_EQ(ended.error().code(), errc::timed_out);
        text = folder.content("pid");
    }
    EXPECT_EQ(::kill(static_cast<pid_t>(std::stol(text)), 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

}  // namespace
