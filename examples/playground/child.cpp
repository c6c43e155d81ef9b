#include "child.hpp"

#include <kuberay/base/error.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string_view>

extern char** environ;

namespace playground {

namespace {

std::vector<std::string> environment_with(std::string const& kubeconfig)
{
    std::vector<std::string> variables;
    for (char** variable = environ; *variable; ++variable)
        if (!std::string_view(*variable).starts_with("KUBECONFIG=")) variables.emplace_back(*variable);
    variables.push_back("KUBECONFIG=" + kubeconfig);
    return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

pid_t start_child(std::vector<std::string> const& command, std::string const& kubeconfig)
{
    std::vector<std::string> arguments = command;
    std::vector<std::string> variables = environment_with(kubeconfig);
    // This program blocks or ignores what the child must get again.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    int const failed = posix_spawnp(
        &child, arguments.front().c_str(), nullptr, &attributes, pointers_to(arguments).data(),
        pointers_to(variables).data()
    );
    posix_spawnattr_destroy(&attributes);
    if (failed != 0)
        throw kuberay::failure(
            kuberay::error_code(failed, boost::system::system_category()), "cannot run " + command.front()
        );
    return child;
}

int exit_code_of(pid_t child)
{
    int status = 0;
    if (waitpid(child, &status, WNOHANG) != child) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace playground
