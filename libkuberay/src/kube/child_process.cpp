#include "kube/child_process.hpp"

#include "base/descriptor.hpp"
#include "base/spawn.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <functional>

namespace kuberay::kube {
namespace {

[[noreturn]] void throw_system(int number, std::string context)
{
    throw failure(error_code(number, boost::system::system_category()), std::move(context));
}

// A started child. A child that is still there when this goes away is killed and reaped: SIGKILL cannot be ignored, so
// the wait is short.
class child {
public:
    explicit child(pid_t pid) noexcept
        : pid_(pid)
    {
    }

    child(child const&) = delete;
    child& operator=(child const&) = delete;

    ~child()
    {
        if (reaped_) return;
        ::kill(pid_, SIGKILL);
        int ignored = 0;
        while (::waitpid(pid_, &ignored, 0) < 0 && errno == EINTR) {}
    }

    pid_t pid() const noexcept { return pid_; }

    // True once it has ended; `status` is then as of waitpid.
    bool try_reap(int& status) noexcept
    {
        pid_t const got = ::waitpid(pid_, &status, WNOHANG);
        if (got == 0 || (got < 0 && errno == EINTR)) return false;
        if (got < 0) status = 0;  // somebody else reaped it: how it ended is not known
        reaped_ = true;
        return true;
    }

private:
    pid_t pid_;
    bool reaped_ = false;
};

pid_t start(child_command const& command, int output)
{
    std::vector<std::string> words(1, command.program);
    words.insert(words.end(), command.args.begin(), command.args.end());
    std::vector<std::string> lines = environment_with(command.env);
    spawn_plan plan;
    if (!command.inherits_stdin)
        posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&plan.actions, output, STDOUT_FILENO);
    // A host that ignores SIGPIPE or blocks signals does not pass that on.
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&plan.attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&plan.attributes, &signals);
    posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    int const failed = ::posix_spawnp(
        &pid, command.program.c_str(), &plan.actions, &plan.attributes, pointers_to(words).data(),
        pointers_to(lines).data()
    );
    if (failed != 0) throw_system(failed, "cannot start " + command.program);
    return pid;
}

task<int> wait_for_exit(child* started)
{
    int status = 0;
    std::function<bool()> const has_ended = [started, &status] { return started->try_reap(status); };
    co_await await_child(started->pid(), has_ended);
    co_return status;
}

task<std::string> read_output(asio::posix::stream_descriptor* pipe, std::size_t limit)
{
    std::string output;
    std::array<char, 4096> piece;
    for (;;) {
        error_code ended;
        std::size_t const size =
            co_await pipe->async_read_some(asio::buffer(piece), asio::redirect_error(asio::use_awaitable, ended));
        output.append(piece.data(), size);
        if (ended == asio::error::eof) co_return output;
        if (ended) throw failure(ended, "reading the output of a child process");
        if (output.size() > limit)
            throw failure(errc::too_large, "its output is larger than " + std::to_string(limit) + " bytes");
    }
}

}  // namespace

task<child_result> run_child(child_command command)
{
    asio::any_io_executor const executor = co_await asio::this_coro::executor;
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_system(errno, "cannot make a pipe");
    descriptor reading(ends[0]);
    descriptor writing(ends[1]);
    child started(start(command, writing.get()));
    writing.reset();
    asio::posix::stream_descriptor pipe(executor, reading.release());
    child_result made;
    made.output = co_await read_output(&pipe, command.max_output);
    int const status = co_await wait_for_exit(&started);
    if (WIFSIGNALED(status))
        made.signal = WTERMSIG(status);
    else
        made.exit_code = WEXITSTATUS(status);
    co_return made;
}

}  // namespace kuberay::kube
