#include "ray_head/job_process.hpp"

#include "base/spawn.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <vector>

namespace kuberay::testing {

std::shared_ptr<job_process> job_process::start(process_order const& order)
{
    std::vector<std::string> words = {"/bin/sh", "-c", order.entrypoint};
    std::vector<std::string> lines = environment_with({order.extra.begin(), order.extra.end()});
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
    std::function<bool()> const has_ended = [self] { return self->has_ended(); };
    co_await await_child(self->pid_, has_ended);
    co_return self->reap();
}

}  // namespace kuberay::testing
