#include "kube/child_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <map>

extern char** environ;

namespace kuberay::kube {
namespace {

[[noreturn]] void throw_system(int number, std::string context)
{
    throw failure(error_code(number, boost::system::system_category()), std::move(context));
}

class file_descriptor {
public:
    explicit file_descriptor(int fd = -1) noexcept
        : fd_(fd)
    {
    }

    file_descriptor(file_descriptor const&) = delete;
    file_descriptor& operator=(file_descriptor const&) = delete;

    ~file_descriptor() { reset(-1); }

    int get() const noexcept { return fd_; }

    int release() noexcept { return std::exchange(fd_, -1); }

    void reset(int fd) noexcept
    {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }

private:
    int fd_;
};

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

class spawn_plan {
public:
    spawn_plan()
    {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }

    spawn_plan(spawn_plan const&) = delete;
    spawn_plan& operator=(spawn_plan const&) = delete;

    ~spawn_plan()
    {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<std::string> environment_with(std::vector<std::pair<std::string, std::string>> const& more)
{
    std::map<std::string, std::string> values;
    for (char** entry = environ; entry && *entry; ++entry) {
        std::string const text(*entry);
        std::size_t const equals = text.find('=');
        if (equals != std::string::npos) values[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (auto const& [name, value] : more)
        values[name] = value;
    std::vector<std::string> lines;
    lines.reserve(values.size());
    for (auto const& [name, value] : values)
        lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (auto& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

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
        &pid, command.program.c_str(), &plan.actions, &plan.attributes, pointers(words).data(), pointers(lines).data()
    );
    if (failed != 0) throw_system(failed, "cannot start " + command.program);
    return pid;
}

int open_pidfd(pid_t pid) noexcept
{
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    static_cast<void>(pid);
    return -1;
#endif
}

task<void> wait_readable(asio::posix::stream_descriptor* descriptor)
{
    error_code ended;
    co_await descriptor->async_wait(
        asio::posix::descriptor_base::wait_read, asio::redirect_error(asio::use_awaitable, ended)
    );
    if (ended) throw failure(ended, "waiting for a child process");
}

task<int> wait_for_exit(child* started)
{
    int status = 0;
    if (started->try_reap(status)) co_return status;
    int const pidfd = open_pidfd(started->pid());
    if (pidfd >= 0) {
        asio::posix::stream_descriptor watch(co_await asio::this_coro::executor, pidfd);
        while (!started->try_reap(status))
            co_await wait_readable(&watch);
        co_return status;
    }
    // A kernel older than 5.3. The child has closed its stdout, so that its end is near.
    std::chrono::milliseconds pause(1);
    while (!started->try_reap(status)) {
        co_await sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::milliseconds(100));
    }
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
    file_descriptor reading(ends[0]);
    file_descriptor writing(ends[1]);
    child started(start(command, writing.get()));
    writing.reset(-1);
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
