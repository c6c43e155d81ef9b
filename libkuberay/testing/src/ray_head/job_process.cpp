#include "ray_head/job_process.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <vector>

extern char** environ;

namespace kuberay::testing {

namespace {

std::vector<std::string> environment_with(std::map<std::string, std::string> const& extra)
{
    std::map<std::string, std::string> values;
    for (char** entry = environ; entry && *entry; ++entry) {
        std::string const text(*entry);
        if (std::size_t const equals = text.find('='); equals != std::string::npos)
            values[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (auto const& [name, value] : extra)
        values[name] = value;
    std::vector<std::string> lines;
    for (auto const& [name, value] : values)
        lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

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

int open_pidfd(pid_t pid) noexcept { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

}  // namespace

std::shared_ptr<job_process> job_process::start(process_order const& order)
{
    std::vector<std::string> words = {"/bin/sh", "-c", order.entrypoint};
    std::vector<std::string> lines = environment_with(order.extra);
    spawn_plan plan;
    posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &plan.actions, STDOUT_FILENO, order.output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644
    );
    posix_spawn_file_actions_adddup2(&plan.actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&plan.actions, order.folder.c_str());
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&plan.attributes, &signals);
    for (int const number : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT})
        sigaddset(&signals, number);
    posix_spawnattr_setsigdefault(&plan.attributes, &signals);
    posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    pid_t pid = -1;
    int const failed = ::posix_spawn(
        &pid, words.front().c_str(), &plan.actions, &plan.attributes, pointers_to(words).data(),
        pointers_to(lines).data()
    );
    if (failed != 0)
        throw failure(error_code(failed, boost::system::system_category()), "cannot start the entrypoint of a job");
    return std::shared_ptr<job_process>(new job_process(pid));
}

job_process::~job_process()
{
    if (reaped_) return;
    ::kill(pid_, SIGKILL);
    reap();
}

void job_process::signal(int number) noexcept
{
    // As long as it is not reaped, no other group can have its number.
    if (!reaped_) ::kill(-pid_, number);
}

bool job_process::has_ended() const noexcept
{
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

int job_process::reap() noexcept
{
    if (reaped_) return code_;
    ::kill(-pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    reaped_ = true;
    code_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
    return code_;
}

task<int> job_process::wait(std::shared_ptr<job_process> self)
{
    int const pidfd = open_pidfd(self->pid_);
    if (pidfd < 0) {  // a kernel older than 5.3
        while (!self->has_ended())
            co_await sleep_for(std::chrono::milliseconds(20));
        co_return self->reap();
    }
    asio::posix::stream_descriptor watch(co_await asio::this_coro::executor, pidfd);
    while (!self->has_ended()) {
        error_code ended;
        co_await watch.async_wait(
            asio::posix::descriptor_base::wait_read, asio::redirect_error(asio::use_awaitable, ended)
        );
        if (ended) throw failure(ended, "waiting for a job");
    }
    co_return self->reap();
}

}  // namespace kuberay::testing
